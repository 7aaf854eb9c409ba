import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { callsOf, openWindow, see } from './open-window.ts'
import { topic } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

const script = (): Script => ({ snapshot: { topics: [topic('music'), topic('other')] } })
/** 2 MB of words that are all different, so that a piece in the wrong place shows. */
const LONG = Array.from({ length: 300_000 }, (_, i) => `w${String(i)}`).join(' ')

interface Scene { readonly page: Page, readonly field: Locator, readonly paste: (text: string) => Promise<void>, readonly clipboard: () => Promise<string> }

async function compose (): Promise<Scene> {
  const page = await openWindow(script(), { permissions: ['clipboard-write'] })
  const field = page.getByRole('textbox', { name: 'Post to music' })
  await field.focus()
  return {
    page,
    field,
    paste: async (text) => {
      await page.evaluate(async (all) => navigator.clipboard.writeText(all), text)
      await page.keyboard.press('Control+v')
    },
    clipboard: async () => {
      const pasted = await page.evaluateHandle(awaitPaste)
      await page.keyboard.press('Control+v')
      return pasted.evaluate(({ text }) => text)
    }
  }
}

/** Takes the next paste before the window does. The page's permissions policy lets no script read the clipboard in any other way. */
function awaitPaste (): { readonly text: Promise<string> } {
  return {
    text: new Promise((resolve) => {
      window.addEventListener('paste', (event) => {
        event.preventDefault()
        event.stopImmediatePropagation()
        resolve(event.clipboardData?.getData('text/plain') ?? '')
      }, { capture: true, once: true })
    })
  }
}

const texts = async (page: Page): Promise<readonly string[]> => (await callsOf(page, 'postMessage')).map((argument) => (argument as { readonly text: string }).text)

describe('a draft that is longer than the field can hold', () => {
  it('is kept whole, and said to be', async () => {
    const { page, field, paste, clipboard } = await compose()
    await field.pressSequentially('before after')
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowLeft')
    await paste(LONG)
    await see(page.getByRole('status').filter({ hasText: 'This is too long for one post.' })).toContainText(/2,\d{3},\d{3} characters wait/)
    const shown = await field.inputValue()
    expect(shown.length).toBeLessThanOrEqual(16_384)
    expect(shown).toBe(`before${LONG}`.slice(0, shown.length))
    // All that is selected is all of the draft.
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    expect(await clipboard()).toBe(`before${LONG} after`)
    await page.keyboard.press('Control+x')
    await see(field).toHaveValue('')
    expect(await clipboard()).toBe(`before${LONG} after`)
    await see(page.getByText('too long for one post')).toHaveCount(0)
    await page.keyboard.press('Control+v')
    expect(await field.inputValue()).toBe(shown)
    await page.getByRole('button', { name: 'Copy all' }).click()
    await see(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await clipboard()).toBe(`before${LONG} after`)
  })

  it('is posted in parts that are the whole together, one a key', async () => {
    const { page, field, paste } = await compose()
    await paste(LONG.slice(0, 60_000))
    for (let parts = 1; parts <= 4; parts++) {
      await page.keyboard.press('Enter')
      await expect.poll(async () => (await texts(page)).length).toBe(parts)
    }
    await see(field).toHaveValue('')
    const posted = await texts(page)
    expect(posted.join('')).toBe(LONG.slice(0, 60_000))
    expect(posted.every((text) => text.length <= 16_384)).toBe(true)
    // Between two words.
    expect(posted.slice(0, -1).every((text) => text.endsWith(' '))).toBe(true)
  })

  it('is not posted by a key that is held down', async () => {
    const { page, field, paste } = await compose()
    await paste(LONG)
    await field.dispatchEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true })
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await texts(page)).length).toBe(1)
  })

  it('comes back whole where a part is refused', async () => {
    const { page, field, paste, clipboard } = await compose()
    await page.evaluate(() => { window.standIn.answerNext('postMessage', { ok: false, code: 'ERR_STORE', message: 'The disk is full. Make room and post again.' }) })
    await paste(LONG)
    const shown = await field.inputValue()
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toHaveText('The disk is full. Make room and post again.')
    await see(field).toHaveValue(shown)
    await field.press('Control+a')
    await page.keyboard.press('Control+c')
    expect(await clipboard()).toBe(LONG)
  })

  it('goes into one post where it fits, though the field shows less', async () => {
    const { page, field, paste } = await compose()
    const lines = 'a\n'.repeat(8_000)
    await paste(lines)
    await see(page.getByRole('status').filter({ hasText: 'All of it goes into one post.' })).toBeVisible()
    expect((await field.inputValue()).split('\n').length).toBeLessThan(1_000)
    await page.keyboard.press('Enter')
    await see(field).toHaveValue('')
    expect(await texts(page)).toEqual([lines])
  })

  it('can be shortened: what follows comes in where the field is emptied, and goes where it is not wanted', async () => {
    const { page, field, paste } = await compose()
    await paste(LONG)
    await page.keyboard.press('End')
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Backspace')
    await page.getByRole('button', { name: 'Discard the rest' }).click()
    await see(page.getByText('too long for one post')).toHaveCount(0)
    await page.keyboard.press('Enter')
    const [posted = ''] = await texts(page)
    expect(LONG.startsWith(posted) && posted.length > 16_000).toBe(true)
    await paste(LONG)
    const first = await field.inputValue()
    // All but the last character, then that one: this is no 'select all'.
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Control+Shift+Home')
    await page.keyboard.press('ArrowRight')
    await page.evaluate(() => { document.querySelector('textarea')?.setSelectionRange(0, 16_000) })
    await page.keyboard.press('Delete')
    await page.evaluate(() => { const area = document.querySelector('textarea'); area?.setSelectionRange(1, area.value.length) })
    await page.keyboard.press('Delete')
    await page.keyboard.press('Backspace')
    await see(field).toHaveValue(LONG.slice(first.length, first.length + 16_384).replace(/\S+$/u, ''))
    await see(page.getByText('too long for one post')).toBeVisible()
  })

  it('is taken back and done again, with what was typed before and after', async () => {
    const { page, field, paste } = await compose()
    await field.pressSequentially('hello ')
    await paste(LONG)
    const pasted = await field.inputValue()
    await field.pressSequentially('xyz')
    await page.keyboard.press('Control+z')
    await see(field).toHaveValue(pasted)
    await page.keyboard.press('Control+z')
    await see(field).toHaveValue('hello ')
    await see(page.getByText('too long for one post')).toHaveCount(0)
    await page.keyboard.press('Control+Shift+z')
    await see(field).toHaveValue(pasted)
    await see(page.getByText('too long for one post')).toBeVisible()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await see(field).toHaveValue('')
    await page.keyboard.press('Control+z')
    await see(field).toHaveValue(pasted)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('q')
    await see(field).toHaveValue('q')
    await see(page.getByText('too long for one post')).toHaveCount(0)
    for (const value of [pasted, 'hello ']) {
      await page.keyboard.press('Control+z')
      await see(field).toHaveValue(value)
    }
    // What is under it is the field's own.
    await page.keyboard.press('Control+z')
    expect(['hello ', '']).toContain(await field.inputValue())
  })

  it('is not confused with what was typed and deleted since', async () => {
    const { page, field, paste } = await compose()
    await paste(LONG)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await paste('short')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Control+z')
    await see(field).toHaveValue('short')
  })

  it('stays with its topic', async () => {
    const { page, field, paste } = await compose()
    await paste(LONG)
    const shown = await field.inputValue()
    await page.keyboard.press('Alt+ArrowDown')
    await see(page.getByRole('textbox', { name: 'Post to other' })).toHaveValue('')
    await page.keyboard.press('Alt+ArrowUp')
    await see(field).toHaveValue(shown)
    await see(page.getByText('too long for one post')).toBeVisible()
  })

  it('is refused in words beyond 16 million characters, and nothing changes', async () => {
    const { page, field } = await compose()
    await field.pressSequentially('kept')
    await field.evaluate((area) => {
      const data = new DataTransfer()
      data.setData('text/plain', 'x'.repeat(17_000_000))
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    })
    await see(page.getByRole('alert')).toContainText('17,000,000 characters, too many to paste here')
    await see(field).toHaveValue('kept')
  })

  it('cannot be posted where nothing of it would be seen', async () => {
    const { page, field, paste } = await compose()
    for (const text of ['\u200b', '\u3164\u2800', '\u200b'.repeat(50_000)]) {
      await paste(text)
      await see(page.getByRole('button', { name: 'Post', exact: true })).toBeDisabled()
      await field.press('Enter')
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Delete')
    }
    expect(await callsOf(page, 'postMessage')).toEqual([])
  })
})
