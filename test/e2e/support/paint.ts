import type { Page } from '@playwright/test'

declare global {
  interface Window {
    /** When the last key was pressed, by the page's clock. */
    keyAt?: number | undefined
  }
}

/** Has the page note when keys arrive, before anything of the window hears of them. */
export async function watchKeys (page: Page): Promise<void> {
  await page.evaluate(() => {
    addEventListener('keydown', (event) => { window.keyAt ??= event.timeStamp }, { capture: true })
  })
}

/**
 * Presses a key.
 *
 * @returns milliseconds from the key to the end of the frame that shows what it did
 */
export async function timeKey (page: Page, key: string): Promise<number> {
  await page.evaluate(() => { window.keyAt = undefined })
  await page.keyboard.press(key)
  return page.evaluate(async () => {
    const painted = await new Promise<number>((resolve) => {
      requestAnimationFrame(() => {
        // What comes after the frame was drawn.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => { resolve(performance.now()) }
        port2.postMessage(undefined)
      })
    })
    return painted - (window.keyAt ?? painted)
  })
}

/** Answers a function that tells how many milliseconds of the processor the page's own thread took so far. */
export async function watchWork (page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  }
}
