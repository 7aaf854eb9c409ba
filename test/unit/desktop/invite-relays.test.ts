import { beforeAll, expect, it } from 'vitest'
import type { Relay } from '../../../preload/contract/index.ts'
import { relaysToOffer } from '../../../main/desktop/invite-relays.ts'
import type { RelayCandidate } from '../../../main/node/types.ts'
import { makeRelayAddress } from '../support/peers.ts'

let all: readonly { readonly address: string, readonly peerId: string }[] = []
beforeAll(async () => { all = await Promise.all(Array.from({ length: 12 }, makeRelayAddress)) })

const minute = 60_000
/** Relays of ours in these states, all of them there for minutes. */
function ours (...states: Relay['state'][]): { readonly candidates: RelayCandidate[], readonly relays: Relay[], readonly at: (...which: number[]) => string[] } {
  const mine = all.slice(0, states.length)
  return {
    candidates: mine.map(({ address }, i) => ({ address, source: { kind: 'settings' }, approved: states[i] !== 'asking' })),
    relays: mine.map(({ address, peerId }, i) => ({ peerId, address, source: { kind: 'settings' }, state: states[i] ?? 'down', since: Date.now() - 5 * minute, detail: '', hub: false })),
    at: (...which) => which.map((i) => all[i]?.address ?? '')
  }
}

it('an invite names the relays that listen for us first, and none that is down', () => {
  const { candidates, relays, at } = ours('down', 'ready', 'reserved', 'reserved', 'refused', 'connecting', 'asking')
  const through = [all[3]?.peerId ?? '', all[2]?.peerId ?? '']
  expect(relaysToOffer(candidates, relays, through)).toEqual({ addresses: at(3, 2, 1, 5), answering: true, leftOut: 2 })
})

it('where nothing better is there it names those that are down, and says so', () => {
  const down = ours('down', 'refused')
  expect(relaysToOffer(down.candidates, down.relays, [])).toEqual({ addresses: down.at(1, 0), answering: false, leftOut: 0 })
  const asked = ours('down', 'connecting')
  expect(relaysToOffer(asked.candidates, asked.relays, [])).toEqual({ addresses: asked.at(1), answering: false, leftOut: 1 })
  expect(relaysToOffer([], [], [])).toEqual({ addresses: [], answering: false, leftOut: 0 })
})

it('names eight at most, and counts only those that do not answer as left out', () => {
  const { candidates, relays } = ours(...Array.from({ length: 10 }, () => 'ready' as const), 'down')
  const { addresses, leftOut } = relaysToOffer(candidates, relays, [])
  expect([addresses.length, leftOut]).toEqual([8, 1])
})
