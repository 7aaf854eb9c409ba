import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRelayNames, type RelayNames } from '../../../../main/desktop/relay-sources/names.ts'
import { readRelayName, type RelayName } from '../../../../main/node/relays/relay-name.ts'
import type { NamedRelays } from '../../../../main/node/relays/resolve-relay-name.ts'
import { createSettings } from '../../../../main/settings/settings.ts'

const relay = readRelayName('relay.example') as RelayName
const found = (...relays: readonly (readonly [string, string])[]): NamedRelays => ({ kind: 'found', relays: relays.map(([peerId, address]) => ({ peerId, addresses: [address] })) })
const SILENT: NamedRelays = { kind: 'failed', answered: false, words: 'The DNS of this network does not answer.' }

let settings: ReturnType<typeof createSettings>
let names: RelayNames
let answer: NamedRelays
let asked: number
let served: boolean
let notices: Map<string, string>

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  settings = createSettings()
  answer = found(['one', '/ip4/203.0.113.7/tcp/4001/p2p/one'])
  asked = 0
  served = false
  notices = new Map()
  names = createRelayNames({
    settings,
    notices: { add: (id, _level, text) => { notices.set(id, text) }, remove: (id) => { notices.delete(id) } },
    lookUp: async () => {
      asked++
      return answer
    },
    isServed: () => served,
    ownPeerId: () => 'me',
    onChange: () => {}
  })
})
afterEach(() => { vi.useRealTimers() })

const kept = (): unknown => settings.stored().relayNames[0]
async function later (ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await vi.advanceTimersByTimeAsync(1_000)
    names.look()
  }
  await vi.advanceTimersByTimeAsync(0)
}

describe('a name of relays', () => {
  it('is kept as a name, with what it stands for now; what stands for nothing is not', async () => {
    await names.add(relay)
    expect(kept()).toEqual({ name: 'relay.example', relays: [{ peerId: 'one', addresses: ['/ip4/203.0.113.7/tcp/4001/p2p/one'] }], agreed: ['one'] })
    answer = SILENT
    await expect(names.add({ text: 'other.example', host: 'other.example' })).rejects.toMatchObject({ code: 'ERR_BAD_ADDRESS', message: SILENT.words })
    answer = found(['me', '/ip4/203.0.113.7/tcp/4001/p2p/me'])
    await expect(names.add({ text: 'own.example', host: 'own.example' })).rejects.toThrow(/this Natter itself/u)
    expect(settings.stored().relayNames).toHaveLength(1)
  })

  it('is followed to new addresses', async () => {
    await names.add(relay)
    answer = found(['one', '/ip4/203.0.113.9/tcp/4001/p2p/one'])
    await later(10_000)
    expect(kept()).toMatchObject({ relays: [{ addresses: ['/ip4/203.0.113.9/tcp/4001/p2p/one'] }], agreed: ['one'] })
    expect(notices.size).toBe(0)
  })

  it('is not followed to another relay: the old one stays, and the person is told', async () => {
    await names.add(relay)
    answer = found(['two', '/ip4/203.0.113.9/tcp/4001/p2p/two'])
    await later(10_000)
    expect(kept()).toMatchObject({ relays: [{ peerId: 'one' }, { peerId: 'two' }], agreed: ['one'] })
    expect(notices.get('relay-name')).toMatch(/relay\.example names another relay than before: two\. .*before you agree/u)
    notices.clear()
    await later(60_000)
    // Said once.
    expect(notices.size).toBe(0)
    await names.add(relay)
    expect(kept()).toMatchObject({ relays: [{ peerId: 'two' }], agreed: ['two'] })
  })

  it('keeps what DNS listed where only the relay at the name itself is found, and is not followed to another one there', async () => {
    answer = found(['one', '/ip4/203.0.113.7/tcp/4001/p2p/one'], ['two', '/ip4/203.0.113.8/tcp/4001/p2p/two'])
    await names.add(relay)
    const partial = (peerId: string): NamedRelays => ({ kind: 'found', relays: [{ peerId, addresses: [`/dns/relay.example/tcp/443/tls/ws/p2p/${peerId}`] }], partial: true })
    answer = partial('one')
    await later(10_000)
    expect(kept()).toMatchObject({
      relays: [{ peerId: 'one', addresses: ['/dns/relay.example/tcp/443/tls/ws/p2p/one', '/ip4/203.0.113.7/tcp/4001/p2p/one'] }, { peerId: 'two', addresses: ['/ip4/203.0.113.8/tcp/4001/p2p/two'] }]
    })
    expect(notices.size).toBe(0)
    for (let i = 0; i < 20; i++) {
      answer = partial(`stranger-${String(i)}`)
      names.look(true)
      await later(1_000)
    }
    expect(notices.get('relay-name')).toMatch(/before you agree/u)
    // Many strangers push out each other, not those that the person trusts.
    expect(kept()).toMatchObject({ relays: [{ peerId: 'stranger-19' }, { peerId: 'one' }, { peerId: 'two' }, ...Array(5).fill({}) as object[]], agreed: ['one', 'two'] })
  })

  it('stands for what it did where DNS is silent or says nothing, and says so', async () => {
    await names.add(relay)
    answer = SILENT
    await later(10_000)
    expect(kept()).toMatchObject({ relays: [{ peerId: 'one' }] })
    expect(names.states()).toEqual([{ name: 'relay.example', relays: ['one'], looking: false, trouble: SILENT.words }])
  })

  it('is looked up seldom while its relay serves us, and less and less often while none does', async () => {
    await names.add(relay)
    served = true
    asked = 0
    await later(14 * 60_000)
    expect(asked).toBe(0)
    await later(2 * 60_000)
    expect(asked).toBe(1)
    served = false
    asked = 0
    await later(60 * 60_000)
    // At once, then after 5, 10, 20, … s, at most every five minutes.
    expect(asked).toBeGreaterThan(12)
    expect(asked).toBeLessThan(20)
  })

  it('is looked up by nobody where names are switched off, or where it was removed', async () => {
    await names.add(relay)
    asked = 0
    settings.update({ relaysByName: false })
    await later(10_000)
    settings.update({ relaysByName: true })
    names.remove('relay.example')
    await later(10_000)
    expect([asked, settings.stored().relayNames]).toEqual([0, []])
  })

  it('that is removed while it is looked up does not come back', async () => {
    await names.add(relay)
    names.look(true)
    names.remove('relay.example')
    await later(1_000)
    expect(settings.stored().relayNames).toEqual([])
  })
})
