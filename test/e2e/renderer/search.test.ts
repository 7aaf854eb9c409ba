import { describe, expect, it } from 'vitest'
import { still } from './list-hands.ts'
import { callsOf, openWindow, postItem, see } from './open-window.ts'
import { busy, CHIDI, MEI, MUSIC, post, topic } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

const MAKERS = '/natter/1/berlin-makers'

/** Two topics; the words stand far back in both. */
function script (): Script {
  const now = Date.now()
  return {
    snapshot: { topics: [topic('music', { people: 2 }), topic('berlin-makers', { people: 3 })] },
    posts: {
      [MUSIC]: Array.from({ length: 800 }, (_, i) => post(CHIDI, 'Chidi', i === 40 ? 'The Café with the RAIN on its roof' : `music ${String(i)}`, now - (900 - i) * 60_000)),
      [MAKERS]: Array.from({ length: 300 }, (_, i) => post(MEI, 'Mei', i === 100 ? 'rain and <b>rain</b> again' : `makers ${String(i)}`, now - (400 - i) * 60_000, { topic: MAKERS }))
    }
  }
}

describe('search', () => {
  it('opens at the post in the open topic, by the keyboard alone', async () => {
    const page = await openWindow(script())
    await see(postItem(page, 'music 799')).toBeInViewport()
    await page.keyboard.press('Control+f')
    const field = page.getByRole('combobox', { name: 'Search posts' })
    await see(field).toBeFocused()
    await see(page.getByText('Words in any order')).toBeVisible()
    await page.keyboard.type('cafe rai')
    const option = page.getByRole('option')
    await see(option).toHaveCount(1)
    await see(option.locator('mark')).toHaveText(['Café', 'RAI'])
    await see(option).toContainText('music 39')
    await see(option).toContainText('music 41')
    await see(page.getByText('1 post found')).toBeVisible()
    // What was typed between two pauses was asked for once.
    expect(await callsOf(page, 'searchPosts')).toEqual([{ query: 'cafe rai', topic: MUSIC }])
    await page.keyboard.press('Enter')
    await see(page.getByRole('dialog')).toHaveCount(0)
    const item = postItem(page, 'The Café')
    await see(item).toBeInViewport()
    await see(item).toBeFocused()
    await see(item.locator('.lit')).toHaveCount(1)
    await still(page.getByRole('list', { name: 'Posts' }))
    await see(item).toBeInViewport()
    await see(item.locator('.lit')).toHaveCount(0)
    await see(item).toBeFocused()
    // The end is far, and one key away.
    await see(postItem(page, 'music 799')).toHaveCount(0)
    await page.keyboard.press('End')
    await see(postItem(page, 'music 799')).toBeInViewport()
  })

  it('looks in all topics, newest first, and opens another topic at the post', async () => {
    const page = await openWindow(script())
    await see(postItem(page, 'music 799')).toBeInViewport()
    await page.keyboard.press('Control+Shift+F')
    await see(page.getByRole('radio', { name: 'All topics' })).toBeChecked()
    await page.keyboard.type('rain')
    const options = page.getByRole('option')
    await see(options).toHaveCount(2)
    await see(options.first()).toContainText('# berlin-makers')
    await see(options.first()).toContainText('rain and <b>rain</b> again')
    await see(options.first()).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('ArrowDown')
    await see(options.last()).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await see(page.getByRole('textbox', { name: 'Post to berlin-makers' })).toBeVisible()
    await see(postItem(page, 'rain and <b>rain</b>')).toBeInViewport()
    await see(postItem(page, 'rain and <b>rain</b>')).toBeFocused()
  })

  it('changes between this topic and all of them without losing the words', async () => {
    const page = await openWindow(script())
    await page.keyboard.press('Control+f')
    await page.keyboard.type('again')
    await see(page.getByText('No post in this topic has all of these words.')).toBeVisible()
    await page.keyboard.press('Control+Shift+F')
    await see(page.getByRole('option')).toHaveCount(1)
    await page.keyboard.press('Control+f')
    await page.getByRole('button', { name: 'Look in all topics' }).click()
    await see(page.getByRole('option')).toHaveCount(1)
    await see(page.getByRole('combobox', { name: 'Search posts' })).toBeFocused()
    await page.keyboard.press('Escape')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
  })

  it('reads on at the end of the list', async () => {
    const page = await openWindow(script())
    await page.keyboard.press('Control+f')
    await page.keyboard.type('music')
    await see(page.getByRole('option')).toHaveCount(51)
    await page.getByRole('option', { name: 'More, from further back' }).scrollIntoViewIfNeeded()
    for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowDown')
    await see(page.getByRole('option', { name: 'More, from further back' })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Enter')
    await see(page.getByRole('option')).toHaveCount(101)
    await see(page.getByText('100 posts found, and there are more')).toBeVisible()
  })

  it('drops slow answers to what is no longer asked, says that it waits, and why it failed', async () => {
    const page = await openWindow(script())
    await page.evaluate(() => { window.standIn.hold('searchPosts') })
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('cafe')
    await see.poll(() => callsOf(page, 'searchPosts')).toHaveLength(1)
    await see(page.getByText(/Searching… \d+ s/)).toBeVisible()
    await page.getByRole('combobox', { name: 'Search posts' }).fill('again')
    await see.poll(() => callsOf(page, 'searchPosts')).toHaveLength(2)
    await page.evaluate(() => {
      window.standIn.answerNext('searchPosts', { ok: true, value: { hits: [], more: false, words: ['stale'] } })
      window.standIn.release('searchPosts')
    })
    await see(page.getByRole('option')).toHaveText([/rain and/])
    await page.evaluate(() => { window.standIn.answerNext('searchPosts', { ok: false, code: 'ERR_STORE', message: 'The posts on this disk cannot be searched. Try again.' }) })
    await page.getByRole('combobox', { name: 'Search posts' }).fill('rain')
    await see(page.getByRole('alert')).toHaveText('The posts on this disk cannot be searched. Try again.')
    await page.getByRole('button', { name: 'Try again' }).click()
    await see(page.getByRole('option')).toHaveCount(2)
  })

  it('says how to come back to a topic that one left', async () => {
    const gone = '/natter/1/gone'
    const page = await openWindow({ ...script(), posts: { [gone]: [post(MEI, 'Mei', 'long ago', Date.now(), { topic: gone })] } })
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('long')
    await see(page.getByRole('option')).toContainText('# gone')
    await page.keyboard.press('Enter')
    await see(page.getByText('You left gone. Add the topic again to read there.')).toBeVisible()
  })

  it('leaves another dialog and what was typed in it alone', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).click()
    await page.keyboard.type('half a name')
    await page.keyboard.press('Control+f')
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toHaveValue('half a name')
  })
})
