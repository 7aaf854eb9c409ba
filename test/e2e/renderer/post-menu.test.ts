import { describe, expect, it } from 'vitest'
import type { MenuPick } from '../../../preload/contract/index.ts'
import { callsOf, openWindow, postItem, see } from './open-window.ts'
import { busy } from './scenes.ts'

const THURSDAY = 'https://example.org/thursday'

describe('the menu of a post', () => {
  it('asks for what lies under the pointer, and copies or opens what is picked', async () => {
    const page = await openWindow(busy())
    const item = postItem(page, 'Who is in for the session')
    const link = item.getByText(THURSDAY)
    await see(link).toBeVisible()
    const copied = async (): Promise<string> => page.evaluate(() => window.standIn.clipboard)
    const pick = async (value: MenuPick): Promise<void> => page.evaluate((value) => { window.standIn.answerNext('showPostMenu', { ok: true, value }) }, value)

    await pick('copyLink')
    await link.click({ button: 'right' })
    await see.poll(copied).toBe(THURSDAY)
    await pick('copyMessage')
    await item.getByText('Morning.').click({ button: 'right', position: { x: 4, y: 4 } })
    await see.poll(copied).toBe(`Morning. Who is in for the session on Thursday? Address as ever: ${THURSDAY}`)
    expect(await callsOf(page, 'showPostMenu')).toMatchObject([{ at: { kind: 'pointer' }, link: true }, { at: { kind: 'pointer' }, link: false }])
    await pick('openLink')
    await link.click({ button: 'right' })
    await see(page.getByRole('dialog')).toContainText(THURSDAY)
  })
})
