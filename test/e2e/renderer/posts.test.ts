import { describe, expect, it } from 'vitest'
import { still, wheel } from './list-hands.ts'
import { callsOf, openWindow, postItem, push, see } from './open-window.ts'
import { busy, CHIDI, MUSIC, own, post, topic } from './scenes.ts'

const many = (n: number): { readonly [MUSIC]: ReturnType<typeof post>[] } => ({
  [MUSIC]: Array.from({ length: n }, (_, i) => post(CHIDI, 'Chidi', `post number ${String(i)}`, Date.now() - (n - i) * 20_000))
})
const alone = (n: number): Parameters<typeof openWindow>[0] => ({ snapshot: { topics: [topic('music', { people: 2 })] }, posts: many(n) })

describe('posts', () => {
  it('posts with Enter, breaks the line with Shift and Enter, and reads author, text, time, state', async () => {
    const page = await openWindow(busy())
    const field = page.getByRole('textbox', { name: 'Post to music' })
    await field.pressSequentially('uno')
    await page.keyboard.press('Shift+Enter')
    await field.pressSequentially('due')
    await page.keyboard.press('Enter')
    await see(field).toHaveValue('')
    const item = postItem(page, 'uno')
    await see(item).toHaveText(/^\s*Ada\s*uno\ndue\s*\d?\d:\d\d\s*sent to 4\s*Sent to 4 people\s*$/)
    expect(await callsOf(page, 'postMessage')).toMatchObject([{ topic: MUSIC, text: 'uno\ndue' }])
  })

  it('shows a post at once, then in the same row the real one', async () => {
    const page = await openWindow({ snapshot: { topics: [topic('music')] } })
    await page.evaluate(() => { window.standIn.hold('postMessage') })
    await page.getByRole('textbox', { name: 'Post to music' }).fill('hello?')
    await page.getByRole('button', { name: 'Post', exact: true }).click()
    await see(postItem(page, 'hello?')).toContainText('Posting…')
    await page.evaluate(() => { window.standIn.release('postMessage') })
    await see(postItem(page, 'hello?')).toContainText('Waiting for somebody to be there')
    await see(postItem(page, 'hello?')).toHaveCount(1)
    const [call] = await callsOf(page, 'postMessage') as [{ readonly clientId: string }]
    await push(page, { event: 'post:change', value: { ...own('hello?', Date.now(), 2), id: 'own-1', clientId: call.clientId } })
    await see(postItem(page, 'hello?')).toContainText('sent to 2')
    await see(postItem(page, 'hello?')).toHaveCount(1)
  })

  it('gives the text back when a post is refused, and what was typed meanwhile stays', async () => {
    const page = await openWindow(busy())
    await page.evaluate(() => {
      window.standIn.hold('postMessage')
      window.standIn.answerNext('postMessage', { ok: false, code: 'ERR_STORE', message: 'The disk is full. Make room and post again.' })
    })
    const field = page.getByRole('textbox', { name: 'Post to music' })
    await field.fill('first')
    await page.keyboard.press('Enter')
    await field.fill('second')
    await page.evaluate(() => { window.standIn.release('postMessage') })
    await see(page.getByRole('alert')).toHaveText('The disk is full. Make room and post again.')
    await see(field).toHaveValue('first\nsecond')
    await see(postItem(page, 'first')).toHaveCount(0)
  })

  it('counts bytes near the limit, and says length and limit beyond it', async () => {
    const page = await openWindow(busy())
    const field = page.getByRole('textbox', { name: 'Post to music' })
    await field.fill('é'.repeat(8_000))
    await see(page.getByText('16,000 of 16,384 bytes')).toBeVisible()
    await field.fill('é'.repeat(10_000))
    await see(page.getByRole('alert')).toContainText('This post is 20,000 bytes long; the limit is 16,384.')
    await page.keyboard.press('Enter')
    await see(field).toHaveValue('é'.repeat(10_000))
    expect(await callsOf(page, 'postMessage')).toEqual([])
  })

  it('leaves Enter to an input method that composes', async () => {
    const page = await openWindow(busy())
    const field = page.getByRole('textbox', { name: 'Post to music' })
    await field.fill('にほn')
    await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })
    await see(field).toHaveValue('にほn')
    expect(await callsOf(page, 'postMessage')).toEqual([])
  })

  it('never reads text as markup, and never lets it turn its surroundings round', async () => {
    const page = await openWindow(busy())
    const text = '<img src=x onerror="document.title=1"> \u202eabc <b>bold</b>'
    await page.evaluate(([author, said]) => { window.standIn.receive('/natter/1/music', author, '<i>Mallory</i>\u202e', said) }, [CHIDI, text] as const)
    await see(postItem(page, '<img')).toContainText('<b>bold</b>')
    await see(postItem(page, '<img')).toContainText('<i>Mallory</i>')
    expect(await page.getByRole('list', { name: 'Posts' }).locator('img, b, i').count()).toBe(0)
    expect(await page.title()).toBe('Natter')
  })

  it('says new posts of the open topic aloud, and counts them when they are many', async () => {
    const page = await openWindow(busy())
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Chidi', 'psst') }, CHIDI)
    await see(page.locator('[aria-live="polite"]').filter({ hasText: 'Chidi: psst' })).toHaveCount(1)
    await page.evaluate((author) => { for (let i = 0; i < 9; i++) window.standIn.receive('/natter/1/music', author, 'Chidi', String(i)) }, CHIDI)
    await see(page.locator('[aria-live="polite"]').filter({ hasText: '9 new posts' })).toHaveCount(1)
  })

  it('pages back to the first post and forth again, with few rows in the page', async () => {
    const page = await openWindow(alone(1_050))
    await see(postItem(page, 'post number 1049')).toBeInViewport()
    const list = page.getByRole('list', { name: 'Posts' })
    await list.focus()
    let most = 0
    for (const end = Date.now() + 30_000; Date.now() < end && await page.getByText('post number 0', { exact: true }).count() === 0;) {
      await page.keyboard.press('Home')
      await still(list)
      most = Math.max(most, await list.getByRole('listitem').count())
    }
    await see(page.getByText('post number 0', { exact: true })).toHaveCount(1)
    expect(most).toBeLessThanOrEqual(310)
    await page.getByRole('button', { name: 'Newest' }).click()
    await see(postItem(page, 'post number 1049')).toBeInViewport()
    expect(await list.getByRole('listitem').count()).toBeLessThanOrEqual(120)
  })

  it('keeps the place of who reads further up, and offers the new posts', async () => {
    const page = await openWindow(alone(300))
    const list = page.getByRole('list', { name: 'Posts' })
    await see(postItem(page, 'post number 299')).toBeInViewport()
    await list.hover()
    await wheel(page, list, -900)
    const top = (): Promise<string> => list.evaluate((element) => {
      const { top: edge } = element.getBoundingClientRect()
      return [...element.querySelectorAll<HTMLElement>('[data-row]')].find((row) => row.getBoundingClientRect().bottom > edge)?.innerText ?? ''
    })
    const before = await top()
    await page.evaluate((author) => { for (let i = 0; i < 3; i++) window.standIn.receive('/natter/1/music', author, 'Chidi', `fresh ${String(i)}`) }, CHIDI)
    await page.getByRole('button', { name: '3 new posts' }).waitFor()
    expect(await top()).toBe(before)
    await page.getByRole('button', { name: '3 new posts' }).click()
    await see(postItem(page, 'fresh 2')).toBeInViewport()
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Chidi', 'fresh 3') }, CHIDI)
    await see(postItem(page, 'fresh 3')).toBeInViewport()
  })

  it('holds the eye where it is when an older page comes', async () => {
    const page = await openWindow(alone(400))
    const list = page.getByRole('list', { name: 'Posts' })
    await see(postItem(page, 'post number 399')).toBeInViewport()
    await list.hover()
    for (let i = 0; i < 12; i++) {
      await wheel(page, list, -300)
    }
    const shown = await list.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return [...element.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.getBoundingClientRect().top >= top && row.getBoundingClientRect().bottom <= bottom).map((row) => /number (\d+)/.exec(row.innerText)?.[1])
    })
    // 3,600 pixels up at 19 and a half a post: no jump to another page.
    expect(Number(shown[0])).toBeGreaterThan(140)
    expect(Number(shown[0])).toBeLessThan(260)
  })

  it('fits forty short posts in a full-screen window', async () => {
    const page = await openWindow(alone(300), { viewport: { width: 1920, height: 1080 } })
    await see(postItem(page, 'post number 299')).toBeInViewport()
    const shown = await page.getByRole('list', { name: 'Posts' }).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return [...element.querySelectorAll('[data-row]')].filter((row) => row.getBoundingClientRect().top >= top && row.getBoundingClientRect().bottom <= bottom).length
    })
    expect(shown).toBeGreaterThanOrEqual(40)
  })

  it('says it when posts cannot be read, and reads them on asking again', async () => {
    const page = await openWindow(busy())
    await see(postItem(page, 'Me too!')).toBeVisible()
    await page.evaluate(() => { window.standIn.answerNext('listPosts', { ok: false, code: 'ERR_STORE', message: 'The posts on this disk cannot be read. Try again.' }) })
    await page.keyboard.press('Alt+ArrowDown')
    await see(page.getByText('The posts on this disk cannot be read. Try again.')).toBeVisible()
    await page.getByRole('button', { name: 'Try again' }).click()
    await see(page.getByText('Nobody has posted here yet')).toBeVisible()
  })
})
