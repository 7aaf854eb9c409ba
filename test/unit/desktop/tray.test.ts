import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Standing, Topic } from '../../../preload/contract/index.ts'
import { drawings, folder } from '../../../resources/tools/tray-icons.mjs'
import { findTrayHost, waitForTrayHost } from '../../../main/desktop/tray/host.ts'
import { trayIcons } from '../../../main/desktop/tray/icons.ts'
import { trayMenu } from '../../../main/desktop/tray/menu.ts'
import { trayView, type TrayFacts } from '../../../main/desktop/tray/view.ts'
import { windowTitle } from '../../../main/desktop/window-title.ts'

const standing = (more: Partial<Extract<Standing, { kind: 'running' }>> = {}): Standing => ({ kind: 'running', connected: 0, behindHub: 0, reach: { kind: 'asking', relays: 1 }, ...more })
const topic = (title: string, unread: number, notify: Topic['notify'] = 'mentions'): Topic => ({ id: `/natter/1/${title}`, title, dialect: 'natter', subscribed: true, unread, people: 0, notify, keepDays: null, bytes: 0, maxBytes: 500_000_000 })
const facts = (more: Partial<TrayFacts> = {}): TrayFacts => ({ appName: 'Natter', phase: { kind: 'running' }, standing: standing(), topics: [], unread: 0, notifications: true, ...more })

describe('what the tray shows', () => {
  it('says how others reach us', () => {
    const words = (more: Partial<TrayFacts>): string => {
      const { icon, state } = trayView(facts(more))
      return `${icon}: ${state}`
    }
    expect(words({})).toBe('unknown: Connecting to your relay…')
    expect(words({ standing: standing({ reach: { kind: 'anyone' } }) })).toBe('reachable: Others can reach you')
    expect(words({ standing: standing({ reach: { kind: 'down', relays: 1 } }) })).toBe('offline: Only people on your local network can reach you until your relay is back')
    // Somebody is there: the icon of those who are offline would not be true.
    expect(words({ standing: standing({ connected: 1, reach: { kind: 'down', relays: 1 } }) })).toBe('unknown: Connected to 1 person. New people can’t reach you until your relay is back')
    expect(words({ standing: { kind: 'starting' } })).toBe('unknown: Starting the network…')
    expect(words({ phase: { kind: 'locked' }, standing: { kind: 'starting' } })).toBe('offline: Waiting for your passphrase')
    expect(words({ phase: { kind: 'failed', message: '' } })).toBe('offline: Natter isn’t running: open it to see why')
    expect(words({ standing: { kind: 'safe-mode' } })).toBe('offline: Safe mode: no network')
  })

  it('names five topics with unread posts, those with most first and no muted ones', () => {
    const topics = [topic('a', 1), topic('b', 9), topic('read', 0), topic('muted', 50, 'nothing'), topic('c', 2), topic('d', 3), topic('e', 4), topic('f', 5), topic('g', 6)]
    const view = trayView(facts({ topics, unread: 30 }))
    expect(view.topics.map(({ label }) => label)).toEqual(['b (9)', 'g (6)', 'f (5)', 'e (4)', 'd (3)'])
    expect(view).toMatchObject({ unread: true, more: 2, tooltip: 'Natter: 30 unread posts. Connecting to your relay…' })
  })

  it('writes titles into the menu as they are', () => {
    const labels = trayMenu(trayView(facts({ topics: [topic('salt & pepper', 1)], unread: 1 })), { open: () => {}, openTopic: () => {}, setNotifications: () => {}, openSettings: () => {}, quit: () => {} }).map(({ label }) => label)
    expect(labels).toContain('salt && pepper (1)')
  })

  it('puts the count of unread posts into the title', () => {
    expect([windowTitle('Natter', 0), windowTitle('Natter (work)', 3), windowTitle('Natter', 1_000)]).toEqual(['Natter', '(3) Natter (work)', '(999+) Natter'])
  })
})

describe('its icons', () => {
  it('are there in each state, in sizes of PNG that their names say', () => {
    expect(Object.keys(trayIcons).sort()).toEqual(['offline', 'reachable', 'unknown'].flatMap((state) => [state, `${state}-template`, `${state}-unread`, `${state}-unread-template`]).sort())
    expect(readdirSync(folder).sort()).toEqual(drawings().map(({ name }) => name).sort())
    for (const { name, size } of drawings()) expect({ name, width: readFileSync(join(folder, name)).readUInt32BE(16) }).toEqual({ name, width: size })
  })

  it('are all different', () => {
    const pictures = Object.values(trayIcons).flatMap((pairs) => pairs.map(([, url]) => url))
    expect(new Set(pictures).size).toBe(drawings().length)
    for (const url of pictures) expect(url).toMatch(/^data:image\/png;base64,/)
  })
})

describe('who shows a tray', () => {
  it('is there where the watcher says so, missing where nobody answers, unknown where nobody can be asked', async () => {
    expect(await findTrayHost(async () => ({ kind: 'answered', text: 'b true\n' }))).toBe('there')
    expect(await findTrayHost(async () => ({ kind: 'answered', text: '(<false>,)\n' }))).toBe('missing')
    expect(await findTrayHost(async () => ({ kind: 'silent' }))).toBe('missing')
    expect(await findTrayHost(async () => ({ kind: 'unknown' }))).toBe('unknown')
  })

  it('is waited for until it comes, or until the app ends', async () => {
    const ending = new AbortController()
    const answers = ['missing', 'there'] as const
    let asked = 0
    expect(await waitForTrayHost(ending.signal, async () => answers[asked++] ?? 'missing')).toBe('there')
    ending.abort()
    expect(await waitForTrayHost(ending.signal, async () => 'there')).toBe('missing')
  })
})
