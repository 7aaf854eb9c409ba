import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeEmpty, natterIn, packNatter, type App } from './apps.ts'
import { launch, type Launched } from './launch.ts'
import { pssOf } from './memory.ts'
import { prepareProfile } from './profile.ts'

/** Starts of each app; the median is what counts. */
const TIMES = 10
/** Milliseconds after which memory is looked at: what the start needed alone is given back by then. */
const REST = 3_000

/** What starting costs, medians; the ratio is Natter's time by the empty window's. */
export interface StartFigures {
  readonly emptyMs: number
  readonly natterMs: number
  readonly ratio: number
  readonly emptyPssMiB: number
  readonly natterPssMiB: number
  /** The disk's cache was emptied before each start; else files came from memory. */
  readonly isCold: boolean
}

/**
 * Measures the start of the packed app to a usable window against that of an
 * empty window on the same runtime, by turns.
 *
 * @param folder an empty one; the caller deletes it
 * @param packed an app that is packed already; else one is packed
 */
export async function measureStart (folder: string, packed: string | undefined, say: (line: string) => void): Promise<StartFigures> {
  say('packing…')
  const natter = packed === undefined ? packNatter(join(folder, 'natter')) : natterIn(packed)
  const empty = await makeEmpty(natter, join(folder, 'empty'))
  const profile = join(folder, 'profile')
  await prepareProfile(natter, profile)
  const blank = join(folder, 'blank')
  mkdirSync(blank)

  const isCold = dropCaches()
  const figures: Record<App['name'], { readonly ms: number[], readonly pss: number[] }> = { natter: { ms: [], pss: [] }, empty: { ms: [], pss: [] } }
  // One start of each beforehand: what the system keeps for a program (fonts, linked libraries) is there for both.
  for (let turn = 0; turn <= TIMES; turn++) {
    for (const app of turn % 2 === 0 ? [empty, natter] : [natter, empty]) {
      const data = join(folder, 'data')
      cpSync(app === natter ? profile : blank, data, { recursive: true })
      dropCaches()
      const launched = await launch(app.binary, data, app.usable)
      await sleep(REST)
      const pss = pssOf(launched.mark)
      if (app === natter) await typeInto(launched)
      await launched.close()
      rmSync(data, { recursive: true, force: true })
      if (turn === 0) continue
      figures[app.name].ms.push(launched.ms)
      figures[app.name].pss.push(pss)
      say(`${app.name.padEnd(6)} ${launched.ms.toFixed(0).padStart(6)} ms ${pss.toFixed(0).padStart(5)} MiB`)
    }
  }
  const emptyMs = median(figures.empty.ms)
  const natterMs = median(figures.natter.ms)
  return { emptyMs, natterMs, ratio: natterMs / emptyMs, emptyPssMiB: median(figures.empty.pss), natterPssMiB: median(figures.natter.pss), isCold }
}

/** @throws Error where the composer of a window that counted as usable takes no text */
async function typeInto ({ devtools, page }: Launched): Promise<void> {
  await devtools.evaluate(page, 'document.querySelector("textarea").focus()')
  await devtools.send('Input.insertText', { text: 'typed' }, page)
  const value = await devtools.evaluate(page, 'document.querySelector("textarea").value')
  if (value !== 'typed') throw new Error(`the composer took "${String(value)}"`)
}

/** Makes the system read files from the disk again; false where it is not allowed. */
function dropCaches (): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2
}
