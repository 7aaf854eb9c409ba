import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Api, Notify, Settings } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from '../e2e/support/app.ts'
import { startRelay } from '../e2e/support/relay.ts'
import { WindowUser } from '../e2e/support/window-user.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'
import { startFriend, type Friend } from './support/friend.ts'
import { logNotifications, type NotificationLog } from './support/notification-log.ts'
import { activeWindow } from './support/windows.ts'

const MUSIC = '/natter/1/music'
const GARDEN = '/natter/1/garden'
/** Milliseconds in which something that crosses network and bus shows. */
const SHOWN = { timeout: 20_000, interval: 50 }

const ends: { close: () => Promise<void> }[] = []
let session: DesktopSession
let log: NotificationLog
let ada: LaunchedApp
let user: WindowUser
let bo: Friend
let invite: string

const change = async (settings: Partial<Settings>): Promise<unknown> => ada.page.evaluate(async (value) => (window as unknown as { api: Api }).api.changeSettings(value), settings)
const notify = async (topic: string, kind: Notify): Promise<unknown> => ada.page.evaluate(async ([id, value]) => (window as unknown as { api: Api }).api.notifyTopic({ topic: id, notify: value }), [topic, kind] as const)
const says = (): string[] => log.shown().map(({ title, body }) => `${title} | ${body}`)
const showing = async (...lines: string[]): Promise<void> => vi.waitFor(() => { expect(says()).toEqual(lines) }, SHOWN)
const arrives = async (text: string): Promise<void> => vi.waitFor(async () => {
  const found = await ada.page.evaluate(async (query) => (window as unknown as { api: Api }).api.searchPosts({ query }), text)
  expect(found.ok && found.value.hits.length).toBeGreaterThan(0)
}, SHOWN)

/** Ada starts Natter, for the first time or again. */
async function open (): Promise<void> {
  ada = await launchApp({ env: { ...session.env, NATTER_ALLOW_PRIVATE: '1' }, userDataDir: join(session.folder, 'data') })
  ends.push(ada)
  user = new WindowUser(ada.page)
}

beforeEach(async () => {
  session = await startSession()
  ends.push(session)
  log = await logNotifications(session)
  await open()
  await user.introduce({ name: 'Ada' })
  await user.start({ topic: 'music' })
  invite = await user.invite()
  await user.subscribe({ topic: 'garden' })
  bo = await startFriend('Bo', invite, [GARDEN])
  ends.push(bo)
  // What is posted before they have met comes by history, which is silent.
  for (const topic of [MUSIC, GARDEN]) await bo.post(`Hello, ${topic}`, topic)
  await arrives('Hello music')
  await arrives('Hello garden')
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end.close()
})

it('shows who named us, groups what follows, and a click opens the post', async () => {
  // Garden is in sight; music is not.
  await bo.post('Anybody up for Thursday?')
  await bo.post('@Ada, bring <b>the</b> brushes & a stand.\nPlease.')
  await showing('music | Bo: @Ada, bring &lt;b&gt;the&lt;/b&gt; brushes &amp; a stand. Please.')
  expect(log.asked()).toBe(1)

  await bo.post('And the pads, @ada!')
  await showing('music | Bo: 2 posts that name you')

  await session.run('dunstctl', 'action')
  await ada.page.getByRole('textbox', { name: 'Post to music', exact: true }).waitFor()
  await ada.page.getByRole('list', { name: 'Posts', exact: true }).getByText('bring <b>the</b> brushes').waitFor()
  await showing()
})

it('shows all posts of a topic where the person chose so, nothing of one that is muted, and nothing of one that is read', async () => {
  await notify(MUSIC, 'all')
  await bo.post('First')
  await showing('music | Bo: First')
  await user.open({ topic: 'music' })
  await showing()

  // In sight now, with the keyboard in the window.
  await vi.waitFor(async () => { expect(await activeWindow(session)).toContain('Natter') }, SHOWN)
  await bo.post('Second, @Ada')
  await arrives('Second')
  await notify(GARDEN, 'nothing')
  await bo.post('Third, @Ada', GARDEN)
  await arrives('Third')
  await notify(GARDEN, 'mentions')
  await bo.post('Fourth, @Ada', GARDEN)
  await showing('garden | Bo: Fourth, @Ada')
  expect(log.asked()).toBe(2)
})

it('keeps author and text to itself where the person chose so, and is silent where they chose that', async () => {
  await change({ notificationText: false })
  await bo.post('A secret, @Ada')
  await showing('Natter | New posts in music')
  await change({ notifications: false })
  await showing()
  await bo.post('Another, @Ada')
  await arrives('Another')
  await change({ notifications: true, notificationText: true })
  await bo.post('The last one, @Ada')
  await showing('music | Bo: The last one, @Ada')
  expect(log.asked()).toBe(2)
})

it('shows nothing of what was posted while we were away', async () => {
  const relay = await startRelay()
  ends.unshift(relay)
  await user.open({ topic: 'music' })
  expect(await user.addRelay({ address: relay.address })).toBe('')
  await vi.waitFor(async () => { expect(await user.reachability()).toMatch(/Others can reach you/) }, SHOWN)
  const link = await user.invite()
  const [cy, dee] = await Promise.all([startFriend('Cy', link), startFriend('Dee', link)])
  ends.push(cy, dee)
  await user.open({ topic: 'garden' })
  await dee.post('@Ada, are you there?')
  await showing('music | Dee: @Ada, are you there?')

  await ada.close()
  ends.splice(ends.indexOf(ada), 1)
  await showing()
  await dee.post('@Ada, while you were away')
  // It went out to somebody, so it is not sent again: who comes later catches up.
  await vi.waitFor(() => { expect(cy.heard()).toContain('@Ada, while you were away') }, SHOWN)
  const before = log.asked()
  await open()
  await arrives('while you were away')
  await user.open({ topic: 'garden' })
  await vi.waitFor(async () => {
    await dee.post('@Ada, now that you are back')
    await vi.waitFor(() => { expect(says()).toEqual(['music | Dee: @Ada, now that you are back']) }, { timeout: 2_000, interval: 50 })
  }, SHOWN)
  expect(log.asked()).toBe(before + 1)
})

it('lets no flood bury the desktop: at most three changes a second, and one notification for many topics', async () => {
  const topics = ['a', 'b', 'c', 'd', 'e'].map((letter) => `flood-${letter}`)
  const ids = topics.map((name) => `/natter/1/${name}`)
  for (const name of topics) await ada.page.evaluate(async (value) => (window as unknown as { api: Api }).api.subscribeTopic({ name: value, plain: false }), name)
  for (const id of ids) await notify(id, 'all')
  const flooder = await startFriend('Flo', invite, ids)
  ends.push(flooder)
  // Everybody knows where everybody is before it begins.
  await flooder.post('@Ada, I begin')
  await showing('music | Flo: @Ada, I begin')

  const began = performance.now()
  for (let round = 0; round < 30; round++) {
    for (const id of ids) await flooder.post(`Wave ${String(round)}`, id)
  }
  await vi.waitFor(() => { expect(says()).toEqual([expect.stringMatching(/^Natter \| New posts in 6 topics, most of them in flood-. and flood-.$/)]) }, SHOWN)
  const seconds = (performance.now() - began) / 1_000
  expect(log.asked()).toBeLessThanOrEqual(3 * Math.ceil(seconds + 1))
  await session.run('dunstctl', 'action')
  await showing()
})

it('goes on where nobody shows notifications, and shows them once somebody does', async () => {
  await session.stopNotifications()
  await bo.post('@Ada, into the void')
  await arrives('into the void')
  await session.startNotifications()
  // That nobody was there is believed for a few seconds.
  await vi.waitFor(async () => {
    await bo.post('@Ada, can you see this?')
    await vi.waitFor(() => { expect(says()).toHaveLength(1) }, { timeout: 1_500, interval: 50 })
  }, { timeout: 40_000, interval: 100 })
})
