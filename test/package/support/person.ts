import { vi, expect } from 'vitest'
import type { CdpPage } from './page.ts'

/** Milliseconds in which something that crosses the network shows. */
const SHOWN = { timeout: 30_000, interval: 200 }

/** First start on a system without a key store: leaves the key open, says a name and subscribes. */
export async function begin (page: CdpPage, { name, topic }: { readonly name: string, readonly topic: string }): Promise<void> {
  await page.click('button', 'Go on without protection')
  await page.fill('textbox', 'Display name', name)
  await page.press('Enter')
  await page.fill('textbox', 'Topic name, invite or relay', topic)
  await page.click('button', 'Join')
  await page.read('list', 'Posts')
}

export async function say (page: CdpPage, { topic, text }: { readonly topic: string, readonly text: string }): Promise<void> {
  await page.fill('textbox', `Post to ${topic}`, text)
  await page.press('Enter')
}

/** Waits until the list of posts shows one of this author with this text. */
export async function reads (page: CdpPage, { author, text }: { readonly author: string, readonly text: string }): Promise<void> {
  await vi.waitFor(async () => {
    const posts = (await page.read('list', 'Posts')).replace(/\s+/g, ' ')
    expect(posts).toContain(author)
    expect(posts).toContain(text)
  }, SHOWN)
}
