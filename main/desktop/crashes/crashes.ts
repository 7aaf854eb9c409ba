import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Crash } from '../../../preload/contract/index.ts'
import { PARTS, readName, reportName, type Part } from './names.ts'

/** Reports that are kept, and for how long. They are a few kilobytes and hold no texts. */
const MAX_REPORTS = 20
const REPORTS_LAST = 30 * 24 * 3_600_000
/** Images of a process's memory that are kept, and for how long: they can hold posts and keys, so few and young. */
const MAX_IMAGES = 3
const IMAGES_LAST = 7 * 24 * 3_600_000
/** Milliseconds around a report in which an image belongs to it: writing one takes a second or two. */
const BELONGS = 30_000
/** Reports that one run writes; what crashes all the time says nothing new. */
const MAX_WRITTEN = 10

/** Reports of crashes in a folder of this computer; nothing sends them anywhere. */
export interface Crashes {
  /** Newest first, as last looked at. */
  readonly list: () => readonly Crash[]
  /** Writes a report, at once and without waiting: the process may end after it. */
  readonly report: (part: Part, lines: readonly string[]) => void
  /**
   * Looks what is there, deletes what is too old or too much, and gives a report
   * to each memory image that has none: its process had no time to write one. Never rejects.
   *
   * @returns how many reports the person has not been told of; from now on they count as told
   */
  readonly look: () => Promise<number>
  readonly deleteAll: () => Promise<void>
  /** Deletes images of memory and the place for them, so that this run writes no more. Never rejects. */
  readonly forgetImages: () => Promise<void>
}

/** What {@link createCrashes} stands on. */
export interface CrashesDeps {
  /** Absolute path. Below it `images` is the system's to fill. */
  readonly folder: string
  /** What each report ends with: versions and the system. */
  readonly footer: readonly string[]
  readonly onChange: (crashes: readonly Crash[]) => void
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

/** Where the system puts images of memory, below the folder of crashes. */
export function imageFolder (folder: string): string {
  return join(folder, 'images')
}

/** Keeps reports of crashes: few, young, and readable by their owner alone. */
export function createCrashes ({ folder, footer, onChange, now = Date.now }: CrashesDeps): Crashes {
  const images = imageFolder(folder)
  const toldFile = join(folder, 'told')
  let crashes: readonly Crash[] = []
  let written = 0

  function report (part: Part, lines: readonly string[]): void {
    if (++written > MAX_WRITTEN) return
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(join(folder, reportName(now(), part)), text(part, now(), lines), { mode: 0o600 })
    } catch {
      // A full disk must not make more of a crash than it is.
    }
  }

  function text (part: Part, at: number, lines: readonly string[]): string {
    return [`${PARTS[part]} ended at ${new Date(at).toISOString()}`, '', ...lines, '', ...footer, ''].join('\n')
  }

  async function reports (): Promise<Crash[]> {
    const names = await readdir(folder).catch(() => [])
    return names.flatMap((name) => readName(name) ?? []).sort((a, b) => b.at - a.at)
  }

  /** Reports for images without one, and an end to old images. */
  async function takeImages (): Promise<void> {
    const known = await reports()
    const found = (await imagesIn(images)).sort((a, b) => b.at - a.at)
    for (const [index, image] of found.entries()) {
      if (index >= MAX_IMAGES || image.at < now() - IMAGES_LAST) {
        await removeImage(image.path)
        continue
      }
      if (known.some(({ at }) => Math.abs(at - image.at) < BELONGS)) continue
      await writeFile(join(folder, reportName(image.at, 'main')), text('main', image.at, ['It ended outside of its JavaScript code.', `Image of its memory, which can hold posts and keys: ${image.path.slice(folder.length + 1)}`]), { mode: 0o600 })
    }
  }

  async function look (): Promise<number> {
    await takeImages().catch(() => {})
    const all = await reports()
    const kept = all.filter(({ at }, index) => index < MAX_REPORTS && at > now() - REPORTS_LAST)
    // One that cannot be deleted stays; a start must not fail over it.
    for (const { name } of all.slice(kept.length)) await rm(join(folder, name), { force: true }).catch(() => {})
    const told = Number(await readFile(toldFile, 'utf8').catch(() => '0'))
    const newest = kept[0]?.at ?? 0
    if (newest > told) {
      await writeFile(toldFile, String(newest), { mode: 0o600 }).catch(() => {})
    }
    set(kept)
    return kept.filter(({ at }) => at > told).length
  }

  function set (next: readonly Crash[]): void {
    const isSame = next.length === crashes.length && next.every(({ name }, index) => name === crashes[index]?.name)
    crashes = next
    if (!isSame) onChange(crashes)
  }

  return {
    list: () => crashes,
    report,
    look,
    deleteAll: async () => {
      for (const { name } of await reports()) await rm(join(folder, name), { force: true })
      for (const { path } of await imagesIn(images)) await removeImage(path)
      set([])
    },
    forgetImages: async () => rm(images, { recursive: true, force: true }).catch(() => {})
  }
}

async function removeImage (path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(path.replace(/\.dmp$/u, '.meta'), { force: true })
}

/** Memory images; what writes them sorts them into folders of its own. */
async function imagesIn (folder: string): Promise<{ readonly path: string, readonly at: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.dmp'))
  return Promise.all(files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return { path, at: await stat(path).then(({ mtimeMs }) => mtimeMs, () => 0) }
  }))
}
