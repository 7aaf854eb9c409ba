import { describe, expect, it } from 'vitest'
import { callsOf, openWindow, push, see } from './open-window.ts'
import { busy, fresh } from './scenes.ts'

describe('the first start', () => {
  it('takes a name and a topic, and is in', async () => {
    const page = await openWindow(fresh())
    await see(page.getByRole('textbox', { name: 'Display name' })).toBeFocused()
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toBeFocused()
    await page.keyboard.type('music')
    await page.keyboard.press('Enter')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Ada' }])
  })

  it('asks for a name before anything else, and keeps what was typed', async () => {
    const page = await openWindow(fresh())
    await page.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('music')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await see(page.getByRole('alert')).toHaveText('Choose a name first. Any name will do.')
    await see(page.getByRole('textbox', { name: 'Display name' })).toBeFocused()
    await page.keyboard.type('Ada')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
  })

  it('takes a relay and stays, takes an invite and joins after showing it', async () => {
    const page = await openWindow(fresh())
    await page.getByRole('textbox', { name: 'Display name' }).fill('Ada')
    const field = page.getByRole('textbox', { name: 'Topic name, invite or relay' })
    await field.fill('/ip4/203.0.113.9/tcp/4001')
    await page.getByRole('button', { name: 'Add relay' }).click()
    await see(page.getByRole('alert')).toContainText('This address does not say which peer it belongs to.')
    await field.fill('/ip4/203.0.113.9/tcp/4001/p2p/12D3KooWx')
    await page.getByRole('button', { name: 'Add relay' }).click()
    await see(page.getByText('Added. Natter is connecting to it.')).toBeVisible()
    await see(field).toHaveValue('')
    await field.fill('natter://join#good')
    await see(page.getByText('Chidi invites you to # jazz')).toBeVisible()
    expect(await callsOf(page, 'joinInvite')).toEqual([])
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await see(page.getByRole('textbox', { name: 'Post to jazz' })).toBeVisible()
  })

  it('can be left for later', async () => {
    const page = await openWindow(fresh())
    await page.getByRole('textbox', { name: 'Display name' }).fill('Ada')
    await page.getByRole('button', { name: 'Look around first' }).click()
    await see(page.getByText('No topics yet')).toBeVisible()
  })

  it('shows an invite that the app was opened with', async () => {
    const page = await openWindow({ ...fresh(), snapshot: { ...fresh().snapshot, errand: { id: 1, kind: 'invite', link: 'natter://join#good' } } })
    await see(page.getByText('Chidi invites you to # jazz')).toBeVisible()
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await see(page.getByRole('alert')).toHaveText('Choose a name first. Any name will do.')
    await page.keyboard.type('Ada')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await see(page.getByRole('textbox', { name: 'Post to jazz' })).toBeVisible()
  })
})

describe('the key', () => {
  it('is locked with a passphrase that is typed twice', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'protect' } } })
    await page.getByLabel('Passphrase', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Lock with this passphrase' }).click()
    await see(page.getByRole('alert')).toHaveText('A passphrase needs 8 characters or more.')
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse')
    await page.getByLabel('Repeat the passphrase').fill('correct mouse')
    await page.getByRole('button', { name: 'Lock with this passphrase' }).click()
    await see(page.getByRole('alert')).toContainText('The two are not the same.')
    await page.getByLabel('Repeat the passphrase').fill('correct horse')
    await page.getByRole('button', { name: 'Lock with this passphrase' }).click()
    await see(page.getByText('No topics yet')).toBeVisible()
    expect(await callsOf(page, 'chooseProtection')).toEqual([{ kind: 'passphrase', passphrase: 'correct horse' }])
  })

  it('is left open only when the person says so', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'protect' } } })
    await see(page.getByText('anybody who can read your files on this computer can post in your name')).toBeVisible()
    await page.getByRole('button', { name: 'Go on without protection' }).click()
    await see(page.getByText('No topics yet')).toBeVisible()
    expect(await callsOf(page, 'chooseProtection')).toEqual([{ kind: 'none' }])
  })

  it('opens with its passphrase and no other', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'locked' } }, passphrase: 'correct horse' })
    await see(page.getByLabel('Passphrase')).toBeFocused()
    await page.keyboard.type('wrong horse')
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toHaveText('This is not the passphrase that locks your key. Try again.')
    await page.keyboard.type('correct horse')
    await page.keyboard.press('Enter')
    await see(page.getByText('No topics yet')).toBeVisible()
  })
})

describe('the window', () => {
  it('says that it starts, for how long, and why it cannot', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'starting' } } })
    await see(page.getByText('Starting Natter…')).toBeVisible()
    await see(page.getByText(/Opening your place on the network, \d+ s/)).toBeVisible()
    await push(page, { event: 'phase:change', value: { kind: 'failed', message: 'The folder /data cannot be written.' } })
    await see(page.getByRole('alert')).toContainText('The folder /data cannot be written.')
  })

  it('takes a fresh snapshot when the node runs, drops pushes that it includes, and takes those after it', async () => {
    const page = await openWindow({ ...busy(), snapshot: { ...busy().snapshot, phase: { kind: 'starting' } } })
    await see(page.getByText('Starting Natter…')).toBeVisible()
    await page.evaluate(() => { window.standIn.hold('getSnapshot') })
    await push(page, { event: 'phase:change', value: { kind: 'running' } })
    // The stand-in counts this batch into the snapshot that it answers, and leaves it out of its reachability.
    const offline = { event: 'reachability:change', value: { state: 'offline', through: [], evidence: [{ at: 1, text: 'No relay answers.' }] } } as const
    await push(page, offline)
    await page.evaluate(() => { window.standIn.release('getSnapshot') })
    await see(page.getByRole('list', { name: 'Topics' })).toContainText('music')
    const status = page.getByRole('status', { name: 'Reachability' })
    await see(status).toHaveText(/Others can reach you too$/)
    await push(page, offline)
    await see(status).toHaveText(/until one of your relays is back$/)
    expect(await callsOf(page, 'getSnapshot')).toHaveLength(2)
  })

  it('comes back to the open topic after a reload', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'lan-party' }).click()
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
    await page.reload()
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
  })

  it('shows notices until they are dismissed, and says what it runs on', async () => {
    const page = await openWindow({ snapshot: { standIn: true, notices: [{ id: 'port', level: 'warning', text: 'Port 4001 was taken.' }] } })
    await see(page.getByText('This window runs on Electron 33 from two years ago, for tests only.')).toBeVisible()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await see(page.getByText('Port 4001 was taken.')).toHaveCount(0)
    expect(await callsOf(page, 'dismissNotice')).toEqual([{ id: 'port' }])
  })
})
