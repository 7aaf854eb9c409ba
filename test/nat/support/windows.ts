import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import { root } from '../../../resources/tools/paths.mjs'
import type { LaunchOptions } from '../../e2e/support/app.ts'
import type { AgentProcess } from './agent-process.ts'
import type { RelayHandle, Scene } from './scene.ts'

const DRIVER = fileURLToPath(new URL('window-driver.ts', import.meta.url))

/** Where screenshots of the windows go. */
export const ARTIFACTS = join(root, 'artifacts')

/** Milliseconds in which something that crosses two NATs shows in a window. */
const SHOWN = { timeout: 60_000, interval: 250 }

/** Opens a real window behind a NAT. */
export async function openWindow (scene: Scene, host: 'a' | 'b', options: LaunchOptions = {}): Promise<AgentProcess> {
  const agent = scene.start(host, [process.execPath, DRIVER])
  await agent.call('launch', options)
  return agent
}

/**
 * Brings two windows together as people do: one pastes the relay and makes an invite, the other pastes that.
 *
 * @param name what the first types in place of the relay's address
 */
export async function meet (ada: AgentProcess, bo: AgentProcess, relay: RelayHandle, name?: string): Promise<void> {
  await Promise.all([ada.call('introduce', { name: 'Ada' }), bo.call('introduce', { name: 'Bo' })])
  await ada.call('start', { topic: 'music' })
  expect(await (name === undefined ? ada.call('addRelay', { address: relay.address }) : ada.call('addRelayName', { name }))).toBe('')
  await reachableThrough(ada, relay.peerId)
  await bo.call('join', { link: await ada.call('invite') })
  for (const window of [ada, bo]) {
    await vi.waitFor(async () => { expect(await window.call<string[]>('people')).toEqual([expect.stringContaining('you'), expect.stringMatching(/through|direct/)]) }, SHOWN)
  }
}

/** Waits until a window says that others reach it, and lists the relay of this peer id as a way. */
export async function reachableThrough (window: AgentProcess, peerId: string): Promise<void> {
  const way = new RegExp(`^Through relay 12D3…${peerId.slice(-4)}(?:, .*)?\\.$`, 'u')
  await vi.waitFor(async () => {
    expect(await window.call('reachability')).toMatch(/Others can reach you/u)
    expect(await window.call('ways')).toContainEqual(expect.stringMatching(way))
  }, SHOWN)
}

/** Waits until a window says that others reach it at an address that begins so, through no relay. */
export async function reachableDirectly (window: AgentProcess, address: string): Promise<void> {
  await vi.waitFor(async () => {
    expect(await window.call('reachability')).toMatch(/Others can reach you/u)
    expect(await window.call('ways')).toContainEqual(expect.stringContaining(`Directly, at ${address}`))
  }, SHOWN)
}

export async function say (window: AgentProcess, text: string): Promise<void> {
  await window.call('post', { topic: 'music', text })
}

/** Waits until a window shows posts with all of these texts. */
export async function reads (window: AgentProcess, texts: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const posts = await window.call<string[]>('posts')
    expect(texts.filter((text) => !posts.some((post) => post.includes(text)))).toEqual([])
  }, SHOWN)
}

/** Waits until settings say this of the relay of a peer. */
export async function saysOfRelay (window: AgentProcess, peerId: string, words: string): Promise<void> {
  await vi.waitFor(async () => {
    const items = await window.call<string[]>('relays')
    expect(items.filter((item) => item.includes(peerId)).join()).toContain(words)
  }, SHOWN)
}

/** Keeps what a window shows, for people to look at. */
export async function keepPicture (window: AgentProcess, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true })
  await window.call('screenshot', { path: join(ARTIFACTS, `${name}.png`) })
}
