import { createHash } from 'node:crypto'
import type { StoredPost } from '../../store/types.ts'
import { timeOfPlace } from '../../store/worker/place.ts'

/** Milliseconds within which posts of one author stand under one name, as in the window. */
const GROUP = 300_000

const STYLE = `
:root { color-scheme: light dark; --text: #1c1c1e; --faint: #5b5b60; --line: #d8d8dc; --ground: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #ececee; --faint: #a3a3a8; --line: #3a3a3e; --ground: #1b1b1d; } }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 44rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 1rem; padding-bottom: .25rem; font-size: 1rem; border-bottom: 1px solid var(--line); }
article { contain: paint; padding: .1rem 0; }
article > header { margin-top: .75rem; font-weight: 600; overflow-wrap: anywhere; }
header small, time, footer, body > p { color: var(--faint); }
header small { font-weight: 400; }
time { float: right; margin-left: 1rem; font-size: .85rem; }
article p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 2rem; font-size: .85rem; }
`

/** Nothing may be loaded and nothing may run; the one style is named by its hash (https://www.w3.org/TR/CSP3/). */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** What {@link writeHtml} makes a page of. */
export interface HtmlOptions {
  readonly title: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** How times and days are written. @default the system's */
  readonly locale?: string | undefined
  /** @default the system's */
  readonly timeZone?: string | undefined
}

/**
 * A topic as one page that needs nothing else: days, authors, texts. What
 * people wrote is text in it and never markup. Times are local, with the UTC
 * time beside them for whoever reads it elsewhere.
 */
export async function * writeHtml (posts: AsyncIterable<StoredPost>, { title, now, locale, timeZone }: HtmlOptions): AsyncGenerator<string> {
  const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full' })
  const clock = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' })
  const both = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' })
  let shownDay = ''
  let before: StoredPost['post'] | undefined
  let count = 0

  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1><bdi>${escape(title)}</bdi></h1>
<p>Saved from Natter on ${escape(both.format(now))} (${utc(now)}).</p>
`
  for await (const { post } of posts) {
    count++
    const at = timeOfPlace(post.order)
    const today = day.format(at)
    const isNewDay = today !== shownDay
    if (isNewDay) yield `<h2>${escape(today)}</h2>\n`
    const isNewGroup = isNewDay || before?.author !== post.author || before.authorName !== post.authorName || at - timeOfPlace(before.order) > GROUP
    yield `<article>${isNewGroup ? author(post) : ''}<time datetime="${iso(post.time)}" title="${utc(post.time)}">${escape(timeOf(post.time, at))}</time><p dir="auto">${escape(post.text)}</p></article>\n`
    shownDay = today
    before = post
  }
  yield `<footer>${count === 1 ? '1 post' : `${count.toLocaleString('en-US')} posts`}. Each time is local; point at it to see it in UTC.</footer>\n</body>\n</html>\n`

  /** The author's own clock; with its day where that is not the day that the post stands under. */
  function timeOf (time: number, at: number): string {
    return (day.format(time) === day.format(at) ? clock : both).format(time)
  }
}

function author ({ author: peerId, authorName, own }: StoredPost['post']): string {
  const name = authorName === '' ? peerId : authorName
  const rest = own ? ' <small>(you)</small>' : authorName === '' ? '' : ` <small>${escape(peerId)}</small>`
  return `<header><bdi>${escape(name)}</bdi>${rest}</header>`
}

function iso (time: number): string {
  return new Date(time).toISOString()
}

function utc (time: number): string {
  return `${iso(time).replace('T', ' ').replace(/\.\d+Z$/u, '')} UTC`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }

/** Text as it can stand anywhere in the page. NUL and lone surrogates, which no page may hold, are replaced. */
function escape (text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD').replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '')
}
