import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSafeSettings } from '../../../main/desktop/safe-mode/safe-settings.ts'
import { OFFLINE, refuseNames } from '../../../main/desktop/safe-mode/words.ts'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import type { NatterNode } from '../../../main/node/types.ts'
import { DEFAULT_SETTINGS } from '../../../main/settings/schema.ts'
import { openSettings } from '../../../main/settings/settings.ts'

const KEY = { raw: new Uint8Array(Buffer.alloc(64, 7)) }
let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-safe-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

describe('settings in safe mode', () => {
  const blocked = [{ peerId: '12D3x', name: 'Mallory', since: 1 }]

  it('take name, topics and blocked people from the file, and nothing else', async () => {
    const text = JSON.stringify({ version: 1, displayName: 'Ada', subscriptions: ['/natter/1/a'], blocked, theme: 'dark', mdns: false, stayReachable: true, known: [{ peerId: 'x', record: 'eA==', topics: [] }] })
    writeFileSync(join(folder, 'settings.json'), text)
    const settings = await openSafeSettings(folder)
    expect(settings.stored()).toEqual(DEFAULT_SETTINGS)
    await settings.unlock(KEY)
    expect(settings.stored()).toMatchObject({ displayName: 'Ada', subscriptions: ['/natter/1/a'], blocked, theme: 'system', mdns: true, stayReachable: false, known: [], relays: [] })
    settings.update({ displayName: 'Bo', theme: 'light' })
    await settings.flush()
    expect(settings.visible()).toMatchObject({ displayName: 'Bo', theme: 'light' })
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(text)
  })

  it.each(['', 'no JSON', '{"version":1,"theme":7}', '{"version":99}'])('are defaults for a file that says %j, which stays', async (text) => {
    writeFileSync(join(folder, 'settings.json'), text)
    const settings = await openSafeSettings(folder)
    await settings.unlock(KEY)
    settings.update({ displayName: 'Bo' })
    await settings.flush()
    expect(readdirSync(folder)).toEqual(['settings.json'])
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(text)
  })

  it('take them from the sealed file, which stays as it is, also beside one of an older version', async () => {
    const { settings: usual } = await openSettings(folder)
    await usual.unlock(KEY)
    usual.update({ displayName: 'Ada', subscriptions: ['/natter/1/a'], blocked, theme: 'dark', mdns: false })
    await usual.flush()
    const files = (): readonly (readonly [string, Buffer])[] => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
    const before = files()
    const settings = await openSafeSettings(folder)
    await settings.unlock(KEY)
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, displayName: 'Ada', subscriptions: ['/natter/1/a'], blocked })
    settings.update({ displayName: 'Bo' })
    await settings.flush()
    await settings.tidy()
    expect(files()).toEqual(before)

    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ version: 1, subscriptions: ['/natter/1/b'] }))
    const both = await openSafeSettings(folder)
    await both.unlock(KEY)
    expect(both.stored().subscriptions).toEqual(['/natter/1/a', '/natter/1/b'])
  })

  it.each([['damaged', KEY, 'natter sealed 1'], ['of another identity', { raw: new Uint8Array(64) }, undefined]])('are defaults beside a sealed file that is %s, which stays', async (_, key, content) => {
    const { settings: usual } = await openSettings(folder)
    await usual.unlock(KEY)
    usual.update({ displayName: 'Ada' })
    await usual.flush()
    if (content !== undefined) writeFileSync(join(folder, 'settings.sealed'), content)
    const before = readdirSync(folder)
    const settings = await openSafeSettings(folder)
    await settings.unlock(key)
    expect(settings.stored().displayName).toBe('')
    expect(readdirSync(folder)).toEqual(before)
  })

  it('are defaults where there is no file, and none is made', async () => {
    const settings = await openSafeSettings(folder)
    await settings.unlock(KEY)
    expect(settings.stored().displayName).toBe('')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a node that keeps off the network', () => {
  const nodes: NatterNode[] = []
  afterEach(async () => { await Promise.all(nodes.splice(0).map(async (node) => node.stop())) })

  async function startNode (offline?: string): Promise<NatterNode> {
    const node = await createDesktopNode({
      privateKey: await generateIdentity(), protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, relays: [], topics: ['a'], known: [], allowPrivate: true, ...(offline === undefined ? {} : { offline })
    })
    nodes.push(node)
    return node
  }

  it('says so, listens nowhere, and dials nobody that it hears of', async () => {
    const [node, other, third] = [await startNode(OFFLINE), await startNode(), await startNode()]
    expect(node.reachability.state).toMatchObject({ state: 'offline', through: [], evidence: [{ text: OFFLINE }] })
    expect({ addresses: node.addresses, port: node.port }).toEqual({ addresses: [], port: 0 })
    await node.setMdns(true)
    await node.setBeRelay(true)
    node.reachability.setCandidates([{ address: `/ip4/127.0.0.1/tcp/${String(other.port)}/p2p/${other.peerId}`, source: { kind: 'settings' }, approved: true }])
    expect(node.reachability.relays).toEqual([])
    // A record of somebody who can be dialled, as an invite carries one.
    const person = { record: await other.people.ownRecord(), topics: ['a'] }
    await node.people.know(person)
    await third.people.know(person)
    await expect.poll(() => other.pubsub.subscribers('a'), { timeout: 5_000 }).toEqual([third.peerId])
    expect(node.people.onTopic('a').map(({ path }) => path.kind).filter((kind) => kind !== 'none')).toEqual([])
    expect(await node.pubsub.publish('a', new Uint8Array([1]))).toEqual({ recipients: [] })
    expect(other.pubsub.subscribers('a')).toEqual([third.peerId])
  })

  it('looks up no name', async () => {
    await expect(refuseNames('relay.example', 'any')).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' })
  })
})
