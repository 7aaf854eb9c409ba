import { describe, expect, it } from 'vitest'
import { callsOf, openSettings, openWindow, push, see } from './open-window.ts'
import { busy, crashes, desktop, settings, topic, UPDATES } from './scenes.ts'
import type { Script } from './stand-in-api.ts'
import type { Snapshot } from '../../../preload/contract/index.ts'

const busyWith = (more: Partial<Snapshot>): Script => ({ ...busy(), snapshot: { ...busy().snapshot, ...more } })

describe('the settings of this computer', () => {
  it('say what is notified of, and keep it', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'This computer')
    await page.getByRole('switch', { name: 'Show who wrote and what' }).uncheck()
    await page.getByRole('switch', { name: 'Show notifications' }).uncheck()
    // Where there are none, there is nothing to show in them.
    await see(page.getByRole('switch', { name: 'Show who wrote and what' })).toBeDisabled()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ notificationText: false }, { notifications: false }])
  })

  it('say what closing the window does, and how it comes back', async () => {
    const page = await openWindow(busyWith({ desktop: desktop({ tray: false }) }))
    await openSettings(page, 'This computer')
    const stay = page.getByRole('switch', { name: 'Stay reachable when the window is closed' })
    await see(stay).toHaveAccessibleDescription(/To bring the window back, start Natter again/)
    await push(page, { event: 'desktop:change', value: desktop({ tray: true }) })
    await see(stay).toHaveAccessibleDescription(/Its icon in the tray brings the window back/)
    await stay.check()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ stayReachable: true }])
  })

  it('show what each topic takes up on the disk, as it changes, and lead to its limit', async () => {
    const many = ['music', 'berlin', 'a'.repeat(120)].map((title, at) => topic(title, { bytes: [480_000_000, null, 1_234_500_000][at] ?? null, maxBytes: [500_000_000, 500_000_000, null][at] ?? null }))
    const page = await openWindow(busyWith({ topics: [...many, topic('seen', { subscribed: false, people: 3 })] }))
    await openSettings(page, 'This computer')
    const rows = page.getByRole('list', { name: 'Disk space of topics' }).getByRole('listitem')
    await see(rows).toHaveText([/aaaa.*1\.2 GB, no limit/, /berlin.*Being counted, limit 500 MB/, /music.*480\.0 MB of 500 MB/])
    await push(page, { event: 'topic:change', value: topic('berlin', { bytes: 200_000 }) })
    await see(rows.nth(1)).toContainText('200 kB of 500 MB')
    const change = page.getByRole('button', { name: 'Change the limit of music' })
    await change.focus()
    await page.keyboard.press('Enter')
    await see(page.getByRole('radio', { name: '500 MB' })).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await see(rows.nth(2)).toContainText('480.0 MB of 1 GB')
    await see(change).toBeFocused()
    expect(await callsOf(page, 'limitTopic')).toEqual([{ topic: '/natter/1/music', bytes: 1_000_000_000 }])
    await push(page, ...[...many].map(({ id }) => ({ event: 'topic:remove', value: { id } }) as const))
    await see(page.getByText('You are on no topic yet.')).toBeVisible()
  })

  it('start Natter at login, or say that they cannot', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'This computer')
    const login = page.getByRole('switch', { name: 'Start when you log in' })
    await login.check()
    await see(login).toBeChecked()
    await page.evaluate(() => { window.standIn.answerNext('setStartAtLogin', { ok: false, code: 'ERR_AUTOSTART', message: 'The folder for programs that start at login cannot be written.' }) })
    await login.click()
    await see(page.getByRole('alert')).toHaveText('The folder for programs that start at login cannot be written.')
    // The switch shows what is, not what was wanted.
    await see(login).toBeChecked()
    await push(page, { event: 'desktop:change', value: desktop({ startAtLogin: 'unavailable' }) })
    await see(login).toBeDisabled()
    await see(login).toHaveAccessibleDescription(/cannot be started by the system/)
    expect(await callsOf(page, 'setStartAtLogin')).toEqual([{ on: true }, { on: false }])
  })

  it('open folders, say why not, and name the profile', async () => {
    const page = await openWindow(busyWith({ desktop: desktop({ profile: 'work', folders: { data: `/home/ada/${'deep/'.repeat(60)}natter`, logs: '/home/ada/logs' } }) }), { viewport: { width: 380, height: 700 } })
    await page.keyboard.press('Control+,')
    await page.getByRole('tab', { name: 'This computer' }).click()
    await see(page.getByText('Profile work')).toBeVisible()
    await page.getByRole('button', { name: 'Open the log folder' }).click()
    await page.evaluate(() => { window.standIn.answerNext('openFolder', { ok: false, code: 'ERR_UNAVAILABLE', message: 'No file manager opens it.' }) })
    await page.getByRole('button', { name: 'Open the data folder' }).click()
    await see(page.getByRole('alert')).toHaveText('No file manager opens it.')
    expect(await callsOf(page, 'openFolder')).toEqual([{ folder: 'logs' }, { folder: 'data' }])
    const wide = await page.getByRole('tabpanel').evaluate((panel) => [...panel.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > innerWidth).length)
    expect(wide).toBe(0)
  })

  it('show crash reports, the folder that they are in, and delete them', async () => {
    const page = await openWindow(busyWith({ desktop: desktop({ crashes: crashes(Date.now()) }) }))
    await openSettings(page, 'This computer')
    await see(page.getByRole('list', { name: 'Crash reports' }).getByRole('listitem')).toHaveText([/the window/i, /the main process/i])
    await page.getByRole('button', { name: 'Open folder' }).click()
    await page.getByRole('button', { name: 'Delete all' }).click()
    await see(page.getByText('2 reports are deleted.')).toBeVisible()
    await see(page.getByText('No report is kept on this computer.')).toBeVisible()
    expect(await callsOf(page, 'openFolder')).toEqual([{ folder: 'crashes' }])
  })
})

describe('what went wrong', () => {
  it('leads from a crash to its report', async () => {
    const page = await openWindow(busyWith({
      desktop: desktop({ crashes: crashes(Date.now()) }), notices: [{ id: 'a', level: 'warning', text: 'Natter’s window crashed and was opened again.', action: { kind: 'show-crashes' } }]
    }), { viewport: { width: 1000, height: 600 } })
    await page.getByRole('button', { name: 'Show report' }).click()
    await see(page.getByRole('heading', { name: 'Crash reports' })).toBeInViewport()
    await see(page.getByRole('button', { name: 'Delete all' })).toBeInViewport()
  })

  it('offers no way to settings while there are none', async () => {
    const page = await openWindow({ snapshot: { phase: { kind: 'locked' }, notices: [{ id: 'a', level: 'warning', text: 'Natter crashed.', action: { kind: 'show-crashes' } }] } })
    await see(page.getByText('Natter crashed.')).toBeVisible()
    await see(page.getByRole('button', { name: 'Show report' })).toHaveCount(0)
  })

  it('says that this is safe mode, and leaves it', async () => {
    const page = await openWindow(busyWith({ desktop: desktop({ safeMode: true }) }))
    await see(page.getByRole('region', { name: 'Notices' })).toContainText('Safe mode: no network, settings as they come. Your own settings are untouched: what you change here lasts until Natter ends')
    await page.getByRole('button', { name: 'Leave safe mode' }).click()
    await see.poll(() => callsOf(page, 'restartApp')).toEqual([{ safeMode: false }])
  })
})

describe('updates', () => {
  it('are asked for, and what is asked is named', async () => {
    const page = await openWindow(busyWith({ settings: settings({ updateFeed: 'https://updates.example.org/natter/' }) }))
    await openSettings(page, 'About')
    const look = page.getByRole('switch', { name: 'Look for newer versions' })
    await see(look).toHaveAccessibleDescription(/Natter asks updates\.example\.org, which then sees your internet address/)
    await page.getByRole('button', { name: 'Check now' }).click()
    await see(page.getByText('Asking for a newer version…')).toBeVisible()
    await see(page.getByText('No newer version is known')).toBeVisible()
    await see(page.getByText(/^Last asked: /)).toBeVisible()
    await look.uncheck()
    expect(await callsOf(page, 'checkForUpdates')).toHaveLength(1)
    expect(await callsOf(page, 'changeSettings')).toEqual([{ checkUpdates: false }])
  })

  it('are fetched in the background, shown with their notes as text, and installed when asked to', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'About')
    await push(page, { event: 'update:change', value: { ...UPDATES.downloading, notes: '<b>New</b>: posts that name you' } })
    await see(page.getByRole('progressbar', { name: 'Fetched' })).toHaveJSProperty('value', 41_200_000)
    await see(page.getByText('41.2 MB of 96.1 MB. You can go on meanwhile.')).toBeVisible()
    await see(page.getByRole('region', { name: 'What is new in 0.2.0' })).toHaveText('<b>New</b>: posts that name you')
    await page.keyboard.press('Escape')
    await see(page.getByRole('button', { name: 'Natter 0.2.0 is ready' })).toHaveCount(0)
    await push(page, { event: 'update:change', value: UPDATES.ready })
    await see(page.locator('[aria-live="polite"]')).toHaveText('Natter 0.2.0 is ready')
    await page.getByRole('button', { name: 'Natter 0.2.0 is ready' }).click()
    await see(page.getByText('It is installed when you quit Natter')).toBeVisible()
    await page.evaluate(() => { window.standIn.answerNext('installUpdate', { ok: false, code: 'ERR_UPDATE', message: 'The file changed on this disk and is not installed.' }) })
    await page.getByRole('button', { name: 'Restart and install' }).click()
    await see(page.getByRole('alert')).toHaveText('The file changed on this disk and is not installed.')
    expect(await callsOf(page, 'installUpdate')).toHaveLength(1)
  })

  it('say why there are none, why one failed, and what is out where a package cannot replace itself', async () => {
    const page = await openWindow(busyWith({ update: UPDATES.off }))
    await openSettings(page, 'About')
    await see(page.getByText(UPDATES.off.why)).toBeVisible()
    await see(page.getByRole('switch', { name: 'Look for newer versions' })).toBeDisabled()
    await see(page.getByRole('button', { name: 'Check now' })).toHaveCount(0)
    await push(page, { event: 'update:change', value: UPDATES.failed })
    await see(page.getByText(UPDATES.failed.message)).toBeVisible()
    await see(page.getByRole('button', { name: 'Try again' })).toBeVisible()
    await push(page, { event: 'update:change', value: UPDATES.available })
    await see(page.getByText('This package cannot replace itself.')).toBeVisible()
    // Switched off by the person: the switch is there to be switched on again.
    await push(page, { event: 'settings:change', value: settings({ checkUpdates: false }) }, { event: 'update:change', value: { kind: 'off', why: 'You switched this off.' } })
    await see(page.getByRole('switch', { name: 'Look for newer versions' })).toBeEnabled()
  })

  it('come from another server where the person names one, over https', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'About')
    await page.getByText('Ask another server').focus()
    await page.keyboard.press('Enter')
    const field = page.getByRole('textbox', { name: 'Update server' })
    await field.fill('http://updates.example.org')
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toContainText('one begins with https://')
    await see(field).toHaveValue('http://updates.example.org')
    await field.fill(' https://updates.example.org')
    await page.keyboard.press('Enter')
    await see(field).toHaveValue('https://updates.example.org/')
    await field.fill('')
    await page.keyboard.press('Escape')
    await see(page.getByRole('tab')).toHaveCount(0)
    expect(await callsOf(page, 'changeSettings')).toEqual([{ updateFeed: 'https://updates.example.org/' }, { updateFeed: '' }])
  })
})
