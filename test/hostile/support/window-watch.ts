import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import type { LaunchedApp } from '../../e2e/support/app.ts'

/** What a watch saw, in milliseconds. */
export interface Seen {
  /** How much later than it was due the main process came to each task, one every 5 ms. */
  readonly loop: readonly number[]
  /** What each call of the window took, one every 20 ms. */
  readonly calls: readonly number[]
  /** When the window had drawn each text that begins like this, by the wall clock. */
  readonly drawn: ReadonlyMap<string, number>
  /** All that the window said of who can reach its person. */
  readonly reachability: readonly string[]
}

interface InMain { readonly loop: number[], readonly timer: NodeJS.Timeout }
interface InPage { ends: boolean, readonly calls: number[], readonly drawn: [string, number][], readonly reachability: Set<string>, readonly off: () => void }
interface Bridge {
  readonly getSnapshot: (argument: object) => Promise<{ readonly value: { readonly reachability: { readonly state: string } } }>
  readonly onPush: (hear: (batch: { readonly pushes: readonly { readonly event: string, readonly value: { readonly text?: string } }[] }) => void) => () => void
}

/** Begins to watch an app. @param prefix of the posts that count @returns what ends it */
export async function watch ({ app, page }: LaunchedApp, prefix: string): Promise<() => Promise<Seen>> {
  await app.evaluate(() => {
    const loop: number[] = []
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      loop.push(Math.max(0, now - last - 5))
      last = now
    }, 5)
    Object.assign(globalThis, { watch: { loop, timer } satisfies InMain })
  })
  await page.evaluate((beginning) => {
    const { api } = window as unknown as { readonly api: Bridge }
    const seen: InPage = {
      ends: false, calls: [], drawn: [], reachability: new Set(),
      off: api.onPush(({ pushes }) => {
        for (const { value: { text } } of pushes) {
          // The second frame begins when the first is drawn.
          if (text?.startsWith(beginning) === true) requestAnimationFrame(() => requestAnimationFrame(() => { seen.drawn.push([text, Date.now()]) }))
        }
      })
    }
    Object.assign(window, { seen })
    const call = async (): Promise<void> => {
      while (!seen.ends) {
        const begin = performance.now()
        const { value } = await api.getSnapshot({})
        seen.calls.push(performance.now() - begin)
        seen.reachability.add(value.reachability.state)
        await new Promise((resolve) => { setTimeout(resolve, 20) })
      }
    }
    void call()
  }, prefix)
  return async () => {
    const loop = await app.evaluate(() => {
      const { watch: { loop, timer } } = globalThis as unknown as { readonly watch: InMain }
      clearInterval(timer)
      return loop
    })
    const { calls, drawn, reachability } = await page.evaluate(() => {
      const { seen } = window as unknown as { readonly seen: InPage }
      seen.ends = true
      seen.off()
      return { calls: seen.calls, drawn: seen.drawn, reachability: [...seen.reachability] }
    })
    const first = new Map<string, number>()
    for (const [text, at] of drawn) if (!first.has(text)) first.set(text, at)
    return { loop, calls, drawn: first, reachability }
  }
}

/** Waits until the window has drawn a post. */
export async function isDrawn ({ page }: LaunchedApp, text: string): Promise<void> {
  await page.waitForFunction((post) => (window as unknown as { readonly seen: InPage }).seen.drawn.some(([each]) => each === post), text)
}

/** Bytes that all processes of an app hold, after a collection. The app has to run with `--js-flags=--expose-gc`. */
export async function collectedMemory ({ app, page }: LaunchedApp): Promise<number> {
  const collect = (): void => { (globalThis as { readonly gc?: () => void }).gc?.() }
  for (let times = 0; times < 2; times++) await Promise.all([app.evaluate(collect), page.evaluate(collect)])
  return memory(app)
}

/** Bytes that all processes of an app hold. */
export async function memory (app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: self }) => self.getAppMetrics().reduce((sum, { memory: { workingSetSize } }) => sum + workingSetSize * 1_024, 0))
}

/** Whether garbage can be collected by order in the main process and in the page. */
export async function canCollect ({ app, page }: LaunchedApp): Promise<boolean> {
  const can = (): boolean => (globalThis as { readonly gc?: () => void }).gc !== undefined
  return (await Promise.all([app.evaluate(can), page.evaluate(can)])).every(Boolean)
}

/** Bytes of the posts' database on the disk: posts and index, and what is written ahead, which shrinks when it goes into the former. */
export function databaseBytes (folder: string, { ahead = true } = {}): number {
  const names = readdirSync(folder).filter((name) => name.startsWith('posts') && (ahead || !name.endsWith('-wal')))
  return names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** What the page's own calls name as the app's direct address on this computer. */
export async function ownAddress (page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { api } = window as unknown as { readonly api: { readonly getSnapshot: (argument: object) => Promise<{ readonly value: { readonly self?: { readonly peerId: string, readonly port: number } } }> } }
    const { value: { self } } = await api.getSnapshot({})
    return `/ip4/127.0.0.1/tcp/${String(self?.port)}/p2p/${String(self?.peerId)}`
  })
}
