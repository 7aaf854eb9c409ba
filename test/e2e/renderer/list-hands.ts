import type { Locator, Page } from '@playwright/test'
import { expect } from 'vitest'

/** Waits until a list stands still for three frames. */
export async function still (list: Locator): Promise<void> {
  await list.evaluate((element) => new Promise<void>((resolve) => {
    let last = -1
    let same = 0
    const look = (): void => {
      same = element.scrollTop === last ? same + 1 : 0
      last = element.scrollTop
      if (same === 3) resolve()
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }))
}

/** Turns the wheel over a list, and waits until it moved and stands. */
export async function wheel (page: Page, list: Locator, by: number): Promise<void> {
  const before = await list.evaluate((element) => element.scrollTop)
  await page.mouse.wheel(0, by)
  await expect.poll(async () => list.evaluate((element) => element.scrollTop)).not.toBe(before)
  await still(list)
}

/** The rows that are in sight as a whole: what each says first, and where its top edge is, in pixels from the list's. */
export async function inSight (list: Locator): Promise<readonly { readonly text: string, readonly top: number }[]> {
  return list.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return [...element.querySelectorAll<HTMLElement>('[data-row]')]
      .filter((row) => getComputedStyle(row).visibility === 'visible' && row.getBoundingClientRect().top >= top - 1 && row.getBoundingClientRect().bottom <= bottom + 1)
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map((row) => ({ text: row.querySelector('p')?.textContent.split('\n')[0] ?? '', top: row.getBoundingClientRect().top - top }))
  })
}

/** Numbers of the posts in sight, where they are called 'post number 7'. */
export async function numbers (list: Locator): Promise<readonly number[]> {
  return (await inSight(list)).flatMap(({ text }) => /number (\d+)/.exec(text)?.[1] ?? []).map(Number)
}
