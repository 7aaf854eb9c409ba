import type { Page } from '@playwright/test'
import type { NetworkPeer, Push } from '../../preload/contract/index.ts'
import { openInChromium } from '../e2e/support/chromium.ts'
import { crowd, networked, openNetwork } from '../e2e/renderer/network-scene.ts'
import { bridges } from '../e2e/renderer/bridges.ts'
import type { Script } from '../e2e/renderer/stand-in-api.ts'

/** What the view of the network draws with 200 peers while something goes on. */
export interface ViewRow {
  readonly what: string
  /** Drawings of the picture a second. */
  readonly drawn: number
  /** Frames a second that the page showed; the screen's own are 60. */
  readonly frames: number
  /** Milliseconds between two frames: 95 of 100 are shorter. */
  readonly p95Ms: number
}

declare global {
  interface Window { drawings: number }
}

/** Milliseconds that each is watched for. */
const WATCHED = 5_000
/** Milliseconds between two pushes, as the main process makes them. */
const PUSHES = 250

/** Opens the view in the system's Chromium, which draws without a graphics card, at 1280 × 800. */
export async function measureView (say: (line: string) => void): Promise<readonly ViewRow[]> {
  const { network, people } = crowd()
  const { page, close } = await openInChromium<Script>({ bridges, argument: networked(network, people), context: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } })
  try {
    await openNetwork(page)
    await page.getByRole('grid').waitFor()
    await page.evaluate(() => {
      const original = Reflect.get(CanvasRenderingContext2D.prototype, 'clearRect') as (...all: unknown[]) => unknown
      window.drawings = 0
      Reflect.set(CanvasRenderingContext2D.prototype, 'clearRect', function (this: CanvasRenderingContext2D, ...all: unknown[]) {
        window.drawings++
        return Reflect.apply(original, this, all)
      })
    })
    const rows: ViewRow[] = []
    for (const [what, pushes] of [
      ['nothing', () => []],
      ['posts', (turn) => [passing(network, turn)]],
      ['all figures', (turn) => changed(network, turn)],
      ['posts, all figures', (turn) => [passing(network, turn), ...changed(network, turn)]],
      ['people come and go', (turn) => [...leave(network, turn), passing(network, turn)]]
    ] as const satisfies readonly (readonly [string, (turn: number) => readonly Push[]])[]) {
      say(`${what}…`)
      // What went on before has come to rest.
      await page.evaluate(async () => {
        for (let before = -1; before !== window.drawings;) {
          before = window.drawings
          await new Promise((resolve) => { setTimeout(resolve, 500) })
        }
      })
      rows.push({ what, ...await watch(page, pushes) })
    }
    return rows
  } finally {
    await close()
  }
}

async function watch (page: Page, pushes: (turn: number) => readonly Push[]): Promise<Omit<ViewRow, 'what'>> {
  const batches = Array.from({ length: WATCHED / PUSHES }, (_, turn) => pushes(turn))
  return page.evaluate(async ({ all, every }) => {
    const before = window.drawings
    const times: number[] = []
    const begin = performance.now()
    let turn = 0
    await new Promise<void>((resolve) => {
      const frame = (now: number): void => {
        times.push(now)
        if (turn < all.length && performance.now() - begin >= turn * every) {
          const batch = all[turn++] ?? []
          if (batch.length > 0) window.standIn.push(...batch)
        }
        if (turn === all.length && performance.now() - begin >= turn * every) resolve()
        else requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
    })
    const took = (performance.now() - begin) / 1_000
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time)).sort((a, b) => a - b)
    return { drawn: (window.drawings - before) / took, frames: times.length / took, p95Ms: gaps[Math.floor(gaps.length * 0.95)] ?? 0 }
  }, { all: batches, every: PUSHES })
}

/** A post that comes from ten peers, a duplicate from forty. */
function passing (network: readonly NetworkPeer[], turn: number): Push {
  const some = network.filter((_, at) => (at + turn) % 4 === 0)
  return { event: 'traffic:pass', value: some.map(({ peerId }, at) => ({ peerId, direction: at % 2 === 0 ? 'in' : 'out', duplicate: at > 10, posts: 1 })) }
}

/** Every figure of everybody is another one. */
function changed (network: readonly NetworkPeer[], turn: number): readonly Push[] {
  return network.map((peer, at) => ({
    event: 'network-peer:change', value: { ...peer, links: peer.links.map((link) => ({ ...link, rtt: 10 + (at + turn) % 90, bytesIn: link.bytesIn + turn * 1_000, bytesOut: link.bytesOut + turn * 700 })) }
  }))
}

/** Somebody leaves, who was gone comes back: the picture is never at rest. */
function leave (network: readonly NetworkPeer[], turn: number): readonly Push[] {
  const [gone, back] = [network[100 + turn], network[99 + turn]]
  return [
    ...(gone === undefined ? [] : [{ event: 'network-peer:remove', value: { peerId: gone.peerId } } as const]),
    ...(back === undefined || turn === 0 ? [] : [{ event: 'network-peer:change', value: back } as const])
  ]
}
