import { describe, expect, it } from 'vitest'
import { callsOf, openSettings, openWindow, push, see } from './open-window.ts'
import { ADA, busy } from './scenes.ts'

describe('settings', () => {
  it('keep a name on Enter, on leaving the field, and on Escape', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Profile')
    const field = page.getByRole('textbox', { name: 'Display name' })
    await field.fill('Ada L.')
    await page.keyboard.press('Enter')
    await see(page.getByText('Saved. New posts carry this name.')).toBeVisible()
    await field.fill('Countess')
    await page.keyboard.press('Escape')
    await see(page.getByRole('navigation', { name: 'Topics and settings' })).toContainText('Countess')
    await see(page.getByRole('button', { name: 'Settings', exact: true })).toBeFocused()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Ada L.' }, { displayName: 'Countess' }])
  })

  it('do not take an empty name', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Profile')
    await page.getByRole('textbox', { name: 'Display name' }).fill('  ')
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toContainText('Enter a name.')
    expect(await callsOf(page, 'changeSettings')).toEqual([])
  })

  it('change the passphrase, and say it where the current one is wrong', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Profile')
    await page.getByRole('button', { name: 'Change passphrase…' }).click()
    await page.getByLabel('Current passphrase').fill('wrong')
    await page.getByLabel('New passphrase', { exact: true }).fill('battery staple')
    await page.getByLabel('Repeat the new passphrase').fill('battery staple')
    await page.getByRole('button', { name: 'Change passphrase', exact: true }).click()
    await see(page.getByRole('alert')).toContainText('The current passphrase is another one.')
    await page.getByLabel('Current passphrase').fill('correct horse')
    await page.getByRole('button', { name: 'Change passphrase', exact: true }).click()
    await see(page.getByText('The new passphrase is in use.')).toBeVisible()
  })

  it('copy the peer id', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Profile')
    await page.getByRole('button', { name: 'Copy' }).click()
    await see(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await page.evaluate(() => window.standIn.clipboard)).toBe(ADA)
  })

  it('change the theme at once', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Appearance')
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await ground()).toBe('rgb(251, 251, 250)')
    await page.getByRole('radio', { name: 'Dark', exact: true }).check()
    await see.poll(ground).toBe('rgb(22, 23, 26)')
    await page.getByRole('radio', { name: 'As the system' }).check()
    await see.poll(ground).toBe('rgb(251, 251, 250)')
  })

  it('lie over the window and leave a draft as it was', async () => {
    const page = await openWindow(busy())
    await page.getByRole('textbox', { name: 'Post to music' }).fill('half')
    await page.keyboard.press('Control+,')
    await see(page.getByRole('tab', { name: 'Profile' })).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await see(page.getByRole('tab', { name: 'Network' })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Escape')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toHaveValue('half')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
  })
})

describe('invites', () => {
  it('are made as a link to copy, with what is inside in words', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await see(page.getByRole('textbox', { name: 'Invite link' })).toHaveValue(/^natter:\/\/join#/)
    await see(page.getByRole('dialog')).toContainText('your relay')
    await page.getByRole('button', { name: 'Copy' }).click()
    expect(await page.evaluate(() => window.standIn.clipboard)).toMatch(/^natter:\/\/join#/)
    await page.keyboard.press('Escape')
    await see(page.getByRole('button', { name: 'Invite', exact: true })).toBeFocused()
  })

  it('are read before they are joined', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).click()
    const field = page.getByRole('textbox', { name: 'Topic name, invite or relay' })
    const join = page.getByRole('button', { name: 'Join', exact: true })
    await field.fill('natter://join#cut')
    await see(page.getByRole('alert')).toHaveText('This invite is cut or damaged. Ask for it again, and copy all of it.')
    await see(join).toBeDisabled()
    await field.fill(' natter://join#good\n')
    await see(page.getByRole('group', { name: 'What the invite says' })).toContainText('Joining adds 1 relay that you do not use yet:')
    await page.getByRole('dialog').getByText('Signed by').waitFor()
    expect(await callsOf(page, 'joinInvite')).toEqual([])
    await join.click()
    await see(page.getByRole('textbox', { name: 'Post to jazz' })).toBeVisible()
    expect(await callsOf(page, 'joinInvite')).toEqual([{ link: 'natter://join#good' }])
  })

  it('open from outside the window', async () => {
    const page = await openWindow(busy())
    await push(page, { event: 'errand:open', value: { id: 1, kind: 'invite', link: 'natter://join#good' } })
    await see(page.getByRole('dialog')).toContainText('Chidi invites you to # jazz')
    await page.keyboard.press('Escape')
    await see(page.getByRole('dialog')).toHaveCount(0)
    expect(await callsOf(page, 'joinInvite')).toEqual([])
  })
})
