import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { keepHistory, type HistoryKeeper } from '../../../main/relay/history-keeper.ts'
import { SavingWatch, type HistoryState } from '../../../main/relay/history-saving.ts'
import { serveWeb } from '../../../main/relay/web.ts'
import { StoreError } from '../../../main/store/errors.ts'
import { tempFolder } from '../../support/store.ts'
import { FakeNode, makeMessage } from '../support/fake-node.ts'
import { makePeer } from '../support/peers.ts'

const full = new StoreError('ERR_DISK_FULL', 'full')

describe('what the operator hears', () => {
  it('is one line for a lasting fault, and one when it is over', async () => {
    const heard: HistoryState[] = []
    const watch = new SavingWatch((state) => { heard.push(state) })
    for (let i = 0; i < 280; i++) watch.failed(full)
    await watch.retry(async () => Promise.reject(full))
    expect(watch.state).toBe('disk-full')
    await watch.retry(async () => Promise.resolve())
    await watch.retry(async () => Promise.resolve())
    expect(heard).toEqual(['disk-full', 'ok'])
  })

  it('does not call it over while a part still fails, and tells other faults apart', async () => {
    const heard: HistoryState[] = []
    const watch = new SavingWatch((state) => { heard.push(state) })
    watch.failed(new Error('a broken disk'))
    await watch.retry(async () => { watch.failed(full); return Promise.resolve() })
    expect(heard).toEqual(['failing'])
    expect(watch.state).toBe('disk-full')
  })
})

const isRoot = process.getuid?.() === 0
const canMount = process.platform === 'linux' && isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

// Only root can give a folder a disk of its own.
describe.skipIf(!canMount)('a hub whose disk is full', () => {
  const garden = '/natter/1/garden'
  let temp: ReturnType<typeof tempFolder>
  let disk: string
  const ends: (() => Promise<void> | void)[] = []
  beforeEach(() => {
    temp = tempFolder()
    disk = join(temp.folder, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]).status).toBe(0)
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    spawnSync('umount', ['-l', disk])
    temp.remove()
  })

  function fill (): void {
    const handle = openSync(join(disk, 'ballast'), 'a')
    try {
      for (const piece = Buffer.alloc(4_096); ;) writeSync(handle, piece)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    } finally {
      closeSync(handle)
    }
  }

  it('says so once, in /health and in a metric, and saves what it kept in memory once there is room', async () => {
    const [hub, ada] = [await makePeer(), await makePeer()]
    const { encode } = createNatterDialect(ada.key)
    const node = new FakeNode(hub.peerId)
    node.pubsub.topics = [garden]
    const heard: HistoryState[] = []
    const keeper: HistoryKeeper = await keepHistory({ node, privateKey: hub.key, folder: disk, days: 1, maxBytes: 100_000_000, pruneEvery: 50, onState: (state) => { heard.push(state) } })
    ends.push(keeper.close)
    const relay = { peerId: hub.peerId, multiaddrs: ['/ip4/127.0.0.1/tcp/1'], isDraining: false, community: [], stats: { connections: 0, relay: { reservations: 0, circuits: 0, circuitBytes: 0, refused: {} }, dialBack: {} } }
    const web = await serveWeb(relay as never, { host: '127.0.0.1', port: 0, names: [] }, keeper)
    ends.push(web.close)
    const page = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${String(web.port)}${path}`)
    const hear = async (text: string): Promise<void> => {
      const { payload } = await encode({ topic: garden, authorName: 'Ada', text, time: Date.now(), newest: 0 })
      node.pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
    }

    await hear('before')
    await expect.poll(() => keeper.stats.kept).toBe(1)
    expect(await (await page('/health')).json()).toMatchObject({ status: 'ok', history: 'ok' })
    fill()
    for (let i = 0; i < 300; i++) await hear(`${String(i)} ${'x'.repeat(4_000)}`)
    await expect.poll(() => keeper.stats.missed).toBeGreaterThan(100)
    expect(heard).toEqual(['disk-full'])
    const health = await page('/health')
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({ status: 'degraded', history: 'disk-full' })
    expect(await (await page('/metrics')).text()).toContain('natter_hub_history_failing 1')

    const before = keeper.stats.kept
    rmSync(join(disk, 'ballast'))
    await expect.poll(() => keeper.state).toBe('ok')
    expect(heard).toEqual(['disk-full', 'ok'])
    // What still fit into memory, without anybody saying it again.
    expect(keeper.stats.kept).toBeGreaterThanOrEqual(before + 64)
    expect(await (await page('/health')).json()).toMatchObject({ status: 'ok', history: 'ok' })
    expect(await (await page('/metrics')).text()).toContain('natter_hub_history_failing 0')
    await hear('after')
    await expect.poll(() => keeper.stats.kept).toBeGreaterThanOrEqual(before + 65)
  })
})
