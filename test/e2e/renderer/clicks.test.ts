import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { callsOf, openSettings, openWindow, push, see } from './open-window.ts'
import { BERLIN, busy, CELLAR, fresh, relays } from './scenes.ts'

/** Presses and lets go without a pause, as a mouse that is clicked quickly does. */
async function click (page: Page, at: Locator): Promise<void> {
  await aim(page, at)
  await Promise.all([page.mouse.down(), page.mouse.up()])
}

async function aim (page: Page, at: Locator): Promise<void> {
  await at.scrollIntoViewIfNeeded()
  const box = await at.boundingBox()
  if (box === null) throw new Error('it is not in the page')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
}

describe('a click right out of a field that saves when it is left', () => {
  // With calls that take some time and none: what the field saves is under way when the click comes, or not.
  it.each([0, 150])('is heard on the first start, by the mouse and by Enter (%i ms)', async (delay) => {
    for (const go of [async (page: Page) => click(page, page.getByRole('button', { name: 'Join', exact: true })), async (page: Page) => page.getByRole('textbox', { name: 'Topic name, invite or relay' }).press('Enter')]) {
      const page = await openWindow({ ...fresh(), delay })
      await page.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('music')
      await page.getByRole('textbox', { name: 'Display name' }).fill('Ada')
      await go(page)
      await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
      expect(await callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Ada' }])
      expect(await callsOf(page, 'subscribeTopic')).toHaveLength(1)
    }
  })

  it('is heard on the first start: Join, a relay, and looking around', async () => {
    const invite = await openWindow({ ...fresh(), delay: 100 })
    await invite.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('natter://join#good')
    await see(invite.getByText('Chidi invites you to # jazz')).toBeVisible()
    await invite.getByRole('textbox', { name: 'Display name' }).fill('Ada')
    await click(invite, invite.getByRole('button', { name: 'Join', exact: true }))
    await see(invite.getByRole('textbox', { name: 'Post to jazz' })).toBeVisible()

    const relay = await openWindow({ ...fresh(), delay: 100 })
    await relay.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('/ip4/203.0.113.9/tcp/4001/p2p/12D3KooWx')
    await relay.getByRole('textbox', { name: 'Display name' }).fill('Ada')
    await click(relay, relay.getByRole('button', { name: 'Add relay' }))
    await see(relay.getByText('Added. Natter is connecting to it.')).toBeVisible()
    await click(relay, relay.getByRole('button', { name: 'Look around first' }))
    await see(relay.getByText('No topics yet')).toBeVisible()
    expect(await callsOf(relay, 'changeSettings')).toEqual([{ displayName: 'Ada' }])
  })

  it('is heard in settings, whatever line the field puts above it', async () => {
    const page = await openWindow({ ...busy(), delay: 50 })
    await openSettings(page, 'Profile')
    const name = page.getByRole('textbox', { name: 'Display name' })
    await name.fill('')
    await click(page, page.getByRole('button', { name: 'Copy' }))
    await see(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    await see(page.getByRole('alert')).toHaveText('Enter a name. Until then you keep the one you have.')
    await name.fill('Countess')
    await click(page, page.getByRole('button', { name: 'Change passphrase…' }))
    await see(page.getByLabel('Current passphrase')).toBeVisible()
    await see.poll(async () => callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Countess' }])
    await name.fill('Ada L.')
    await click(page, page.getByRole('button', { name: 'Close settings' }))
    await see(page.getByRole('navigation', { name: 'Topics and settings' })).toContainText('Ada L.')

    await openSettings(page, 'Network')
    await page.getByRole('textbox', { name: 'Listen port' }).fill('70000')
    await click(page, page.getByRole('switch', { name: /mDNS/ }))
    await see(page.getByRole('switch', { name: /mDNS/ })).not.toBeChecked()
    await see(page.getByRole('alert')).toContainText('A port is a whole number')
    await page.getByRole('textbox', { name: 'Listen port' }).fill('4001')
    await click(page, page.getByRole('button', { name: 'Keep port' }))
    await see(page.getByText('Saved. Natter listens on port')).toBeVisible()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Countess' }, { displayName: 'Ada L.' }, { mdns: false }, { listenPort: 4_001 }])

    await page.getByRole('tab', { name: 'About' }).click()
    await page.getByText('Ask another server').click()
    await page.getByRole('textbox', { name: 'Update server' }).fill('ftp://x')
    await click(page, page.getByRole('switch', { name: 'Look for newer versions' }))
    await see(page.getByRole('switch', { name: 'Look for newer versions' })).not.toBeChecked()
    await see(page.getByRole('alert')).toContainText('This is no address that can be asked')
  })
})

describe('clicks while something else is under way', () => {
  it('are all done, in their order', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'This computer')
    await page.evaluate(() => { window.standIn.hold('changeSettings') })
    const [shows, says, stays] = ['Show notifications', 'Show who wrote and what', 'Stay reachable when the window is closed'].map((name) => page.getByRole('switch', { name }))
    if (shows === undefined || says === undefined || stays === undefined) return
    await click(page, says)
    await click(page, stays)
    await click(page, says)
    await click(page, says)
    for (const [one, checked] of [[says, false], [stays, true]] as const) await see(one).toBeChecked({ checked })
    await page.evaluate(() => { window.standIn.release('changeSettings') })
    await see.poll(async () => callsOf(page, 'changeSettings')).toHaveLength(4)
    const asked = await callsOf(page, 'changeSettings')
    expect(asked.filter((one) => 'stayReachable' in (one as object))).toEqual([{ stayReachable: true }])
    expect(asked.filter((one) => 'notificationText' in (one as object))).toEqual([{ notificationText: false }, { notificationText: true }, { notificationText: false }])
    // A change that is refused: the switch shows what is.
    await page.evaluate(() => { window.standIn.answerNext('changeSettings', { ok: false, code: 'ERR_DISK', message: 'The disk is full.' }) })
    await click(page, shows)
    await see(page.getByRole('alert')).toHaveText('The disk is full.')
    await see(shows).toBeChecked()
  })

  it('pick what was picked last, and change each row of a list', async () => {
    const now = Date.now()
    const page = await openWindow(busy(now))
    await openSettings(page, 'Appearance')
    await page.evaluate(() => { window.standIn.hold('changeSettings') })
    await click(page, page.getByText('Dark', { exact: true }))
    await click(page, page.getByText('Light', { exact: true }))
    await see(page.getByRole('radio', { name: 'Light' })).toBeChecked()
    await page.evaluate(() => { window.standIn.release('changeSettings') })
    await see.poll(async () => callsOf(page, 'changeSettings')).toEqual([{ theme: 'dark' }, { theme: 'light' }])
    await see(page.getByRole('radio', { name: 'Light' })).toBeChecked()

    await page.getByRole('tab', { name: 'Network' }).click()
    await page.evaluate(() => { window.standIn.hold('removeRelay') })
    const remove = page.getByRole('list', { name: 'Relays' }).getByRole('button', { name: /^Remove relay/ })
    await click(page, remove.nth(0))
    await click(page, remove.nth(1))
    await page.evaluate(() => { window.standIn.release('removeRelay') })
    await see(page.getByRole('list', { name: 'Relays' }).getByRole('listitem')).toHaveCount(1)
    expect(await callsOf(page, 'removeRelay')).toEqual([{ peerId: BERLIN }, { peerId: CELLAR }])
    await push(page, { event: 'relays:change', value: relays(now) })
  })

  it('give a passphrase that was typed meanwhile its try', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'locked' } }, passphrase: 'correct horse' })
    await page.evaluate(() => { window.standIn.hold('unlock') })
    await page.getByLabel('Passphrase').fill('wrong horse')
    await page.keyboard.press('Enter')
    await page.getByLabel('Passphrase').fill('correct horse')
    await page.keyboard.press('Enter')
    await page.evaluate(() => { window.standIn.release('unlock') })
    await see(page.getByText('No topics yet')).toBeVisible()
  })
})

describe('what moves under the pointer', () => {
  it('is clicked all the same when it moved away while it was pressed', async () => {
    const page = await openWindow(busy())
    const add = page.getByRole('button', { name: 'Find or jump to' })
    await aim(page, add)
    await page.mouse.down()
    await push(page, { event: 'notice:add', value: { id: 'a', level: 'info', text: 'Something came in between.' } }, { event: 'notice:add', value: { id: 'b', level: 'info', text: 'And one more thing.' } })
    await see(page.getByText('And one more thing.')).toBeVisible()
    await page.mouse.up()
    await see(page.getByRole('dialog', { name: 'Find a topic' })).toBeVisible()
    await page.keyboard.press('Escape')
    // Who moves off it means not to.
    await aim(page, add)
    await page.mouse.down()
    await page.mouse.move(900, 500)
    await page.mouse.up()
    await see(page.getByRole('dialog')).toHaveCount(0)
  })

  it('hears one double click, and not the row that comes into its place', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Network')
    const rows = page.getByRole('list', { name: 'Relays' }).getByRole('listitem')
    await see(rows).toHaveCount(3)
    const remove = rows.nth(0).getByRole('button', { name: /^Remove relay/ })
    await aim(page, remove)
    await page.mouse.down({ clickCount: 1 })
    await page.mouse.up({ clickCount: 1 })
    await see(rows).toHaveCount(2)
    await page.mouse.down({ clickCount: 2 })
    await page.mouse.up({ clickCount: 2 })
    await see(rows).toHaveCount(2)
    expect(await callsOf(page, 'removeRelay')).toEqual([{ peerId: BERLIN }])
    // A switch has two halves of its own.
    const mdns = page.getByRole('switch', { name: /mDNS/ })
    await page.getByText('Find people in this network (mDNS)').dblclick()
    await see.poll(async () => callsOf(page, 'changeSettings')).toEqual([{ mdns: false }, { mdns: true }])
    await see(mdns).toBeChecked()
  })

  it('opens a dialog with a double click, and leaves it open', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).dblclick()
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toBeFocused()
    await page.keyboard.type('jazz')
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toHaveValue('jazz')
  })
})
