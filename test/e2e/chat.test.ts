import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { afterEach, expect, it, vi } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { startRelay, type RunningRelay } from './support/relay.ts'
import { WindowUser } from './support/window-user.ts'

const ends: { close: () => Promise<void> }[] = []
afterEach(async () => { await Promise.all(ends.splice(0).map(async (end) => end.close())) })

const ARTIFACTS = join(root, 'artifacts')
/** Milliseconds in which something that crosses the network shows. */
const SHOWN = { timeout: 20_000, interval: 100 }

async function open (): Promise<{ launched: LaunchedApp, user: WindowUser }> {
  const launched = await launchApp()
  ends.push(launched)
  return { launched, user: new WindowUser(launched.page) }
}

async function relayed (): Promise<RunningRelay> {
  const relay = await startRelay()
  ends.push(relay)
  return relay
}

/** Gathers what the status line says from now on, each sentence once. */
async function everythingSaid ({ page }: LaunchedApp): Promise<() => Promise<string[]>> {
  await page.getByRole('status', { name: 'Reachability' }).evaluate((status) => {
    const said = new Set([status.textContent])
    new MutationObserver(() => { said.add(status.textContent) }).observe(status, { characterData: true, childList: true, subtree: true })
    Object.assign(window, { said })
  })
  return async () => page.evaluate(() => [...(window as unknown as { readonly said: ReadonlySet<string> }).said])
}

it('two windows chat through a relay that one of them pasted, and switch protocol meanwhile', async () => {
  const relay = await relayed()
  const [{ user: ada, launched: adas }, { user: bo, launched: bos }] = await Promise.all([open(), open()])

  await Promise.all([ada.introduce({ name: 'Ada' }), bo.introduce({ name: 'Bo' })])
  await ada.start({ topic: 'music' })
  expect(await ada.addRelay({ address: relay.address })).toBe('')
  await vi.waitFor(async () => { expect(await ada.reachability()).toBe('Others can reach you') }, SHOWN)

  await bo.join({ link: await ada.invite() })
  // Her invite says who she is; she has posted nothing yet.
  await vi.waitFor(async () => { expect((await bo.people()).join('\n')).toMatch(/^Ada$/m) }, SHOWN)
  await vi.waitFor(async () => { expect((await ada.people()).join()).toMatch(/Bo|12D3…/) }, SHOWN)
  await ada.post({ topic: 'music', text: 'Who is in for Thursday?' })
  await vi.waitFor(async () => { expect((await bo.posts()).join('\n')).toMatch(/Ada\s*Who is in for Thursday\?/) }, SHOWN)
  await bo.post({ topic: 'music', text: 'In. Bringing the brushes.' })
  await vi.waitFor(async () => { expect((await ada.posts()).join('\n')).toMatch(/Bo\s*In\. Bringing the brushes\./) }, SHOWN)
  await vi.waitFor(async () => { expect((await ada.posts()).join('\n')).toMatch(/Thursday\?.*(?:sent to|held by) 1/i) }, SHOWN)

  const said = await everythingSaid(adas)
  await ada.switchTo({ protocol: 'floodsub' })
  await ada.post({ topic: 'music', text: 'Said by Floodsub' })
  await vi.waitFor(async () => { expect((await bo.posts()).join('\n')).toContain('Said by Floodsub') }, SHOWN)
  await bo.post({ topic: 'music', text: 'Answered by Gossipsub' })
  await vi.waitFor(async () => { expect((await ada.posts()).join('\n')).toContain('Answered by Gossipsub') }, SHOWN)

  // Nobody was gone while the protocol changed.
  expect(await said()).toEqual(['Connected to 1 person. Others can reach you too'])

  mkdirSync(ARTIFACTS, { recursive: true })
  await adas.page.screenshot({ path: join(ARTIFACTS, 'chat-ada.png') })
  await bo.setTheme({ theme: 'Dark' })
  await bos.page.screenshot({ path: join(ARTIFACTS, 'chat-bo-dark.png') })
})

it('two windows in one network find each other without a relay', async () => {
  const [{ user: ada, launched: adas }, { user: bo }] = await Promise.all([open(), open()])
  await Promise.all([ada.introduce({ name: 'Ada' }), bo.introduce({ name: 'Bo' })])
  await Promise.all([ada.start({ topic: 'lan-party' }), bo.start({ topic: 'lan-party' })])
  await ada.post({ topic: 'lan-party', text: 'Who brought the switch?' })
  await vi.waitFor(async () => { expect((await bo.posts()).join('\n')).toMatch(/Ada\s*Who brought the switch\?/) }, SHOWN)
  expect((await bo.people()).join('\n')).toMatch(/Ada\s*direct/)
  expect(await bo.reachability()).toBe('Connected to 1 person. New people can reach you on your local network only')

  // Whoever talks with a friend is not offline, whatever the relay does.
  const relay = await startRelay()
  expect(await ada.addRelay({ address: relay.address })).toBe('')
  await vi.waitFor(async () => { expect(await ada.reachability()).toBe('Connected to 1 person. Others can reach you too') }, SHOWN)
  await relay.close()
  await vi.waitFor(async () => { expect(await ada.reachability()).toBe('Connected to 1 person. New people can’t reach you until your relay is back') }, SHOWN)
  const other = await relayed()
  expect(await ada.addRelay({ address: other.address })).toBe('')
  await vi.waitFor(async () => { expect(await ada.reachability()).toBe('Connected to 1 person. Others can reach you too') }, SHOWN)
  await adas.page.getByRole('button', { name: 'Invite', exact: true }).click()
  await adas.page.getByText('your relay; another one doesn’t answer, so it is left out').waitFor()
  await adas.page.keyboard.press('Escape')
  await ada.post({ topic: 'lan-party', text: 'Still here' })
  await vi.waitFor(async () => { expect((await bo.posts()).join('\n')).toContain('Still here') }, SHOWN)
})

it('keeps identity, settings and subscriptions over a restart', async () => {
  const first = await open()
  await first.user.introduce({ name: 'Ada' })
  await first.user.start({ topic: 'music' })
  const { userDataDir } = first.launched
  const peerId = async ({ page }: LaunchedApp): Promise<unknown> => page.evaluate(async () => {
    const snapshot = await (window as unknown as { api: { getSnapshot: (argument: object) => Promise<{ value: { self?: { peerId: string }, settings: { displayName: string }, topics: { title: string, subscribed: boolean }[] } }> } }).api.getSnapshot({})
    return { peerId: snapshot.value.self?.peerId, name: snapshot.value.settings.displayName, topics: snapshot.value.topics.filter(({ subscribed }) => subscribed).map(({ title }) => title) }
  })
  const before = await peerId(first.launched)
  expect(before).toMatchObject({ name: 'Ada', topics: ['music'] })
  await first.launched.app.close()

  const again = await launchApp({ userDataDir })
  ends.push(again)
  await vi.waitFor(async () => { expect(await peerId(again)).toEqual(before) }, SHOWN)
})
