import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AgentProcess } from './support/agent-process.ts'
import { Scene } from './support/scene.ts'
import { meet, openWindow, reads, say } from './support/windows.ts'

// What was posted while somebody's app was closed, with real windows behind real NATs.

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

const MANY = 50

/** Milliseconds in which 50 posts are caught up with: reaching the relay again takes most of it. */
const CAUGHT_UP = { timeout: 40_000, interval: 250 }

async function showsAll (window: AgentProcess, texts: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const posts = await window.call<string[]>('posts')
    const places = texts.map((text) => posts.findIndex((post) => post.includes(text)))
    expect(texts.filter((_, i) => places[i] === -1), 'posts that are missing').toEqual([])
    expect(places, 'in the order in which they were written').toEqual([...places].sort((a, b) => a - b))
  }, CAUGHT_UP)
}

async function postWhileClosed (ada: AgentProcess): Promise<string[]> {
  const texts = Array.from({ length: MANY }, (_, i) => `while you were away ${String(i + 1).padStart(2, '0')}.`)
  for (const text of texts) await say(ada, text)
  return texts
}

it.each([['no hub', ['--no-hub']], ['a hub', []]] as const)('50 posts made while the other app was closed show when it starts behind its NAT, %s', async (_kind, flags) => {
  const relay = await scene.relay('relay', [...flags])
  const userDataDir = join(scene.folder, 'bo')
  const [ada, first] = await Promise.all([openWindow(scene, 'a'), openWindow(scene, 'b', { userDataDir })])
  await meet(ada, first, relay)
  await say(ada, 'Before you go.')
  await reads(first, ['Before you go.'])
  await first.call('close')

  const texts = await postWhileClosed(ada)
  const again = await openWindow(scene, 'b', { userDataDir })
  await showsAll(again, ['Before you go.', ...texts])
  // And the author learns that they are held now.
  await vi.waitFor(async () => { expect((await ada.call<string[]>('posts')).at(-1)).toMatch(/held by 1/i) }, CAUGHT_UP)
  await Promise.all([ada.call('close'), again.call('close')])
})

it('two people who are never online together talk over a hub that keeps history', async () => {
  const relay = await scene.relay('relay', ['--keep-history', '30d', '--max-history-bytes', '50MB'])
  const folders = { a: join(scene.folder, 'ada'), b: join(scene.folder, 'bo') }
  const [ada, bo] = await Promise.all([openWindow(scene, 'a', { userDataDir: folders.a }), openWindow(scene, 'b', { userDataDir: folders.b })])
  await meet(ada, bo, relay)
  await bo.call('close')

  const texts = await postWhileClosed(ada)
  await vi.waitFor(async () => { expect((await ada.call<string[]>('posts')).at(-1)).toMatch(/kept by a hub/i) }, CAUGHT_UP)
  await ada.call('close')

  const boAgain = await openWindow(scene, 'b', { userDataDir: folders.b })
  await showsAll(boAgain, texts)
  await say(boAgain, 'Read them all, and you are gone.')
  await vi.waitFor(async () => { expect((await boAgain.call<string[]>('posts')).at(-1)).toMatch(/kept by a hub/i) }, CAUGHT_UP)
  await boAgain.call('close')

  const adaAgain = await openWindow(scene, 'a', { userDataDir: folders.a })
  await showsAll(adaAgain, [...texts, 'Read them all, and you are gone.'])
  await adaAgain.call('close')
})
