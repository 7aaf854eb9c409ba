import { describe, expect, it } from 'vitest'
import { standingOf, type Path, type Reachability, type Relay, type StandingFacts } from '../../../preload/contract/index.ts'
import { createStatus } from '../../../main/desktop/status.ts'
import { standingTone, standingWords } from '../../../words/standing.ts'

const nothing: Reachability = { state: 'unknown', through: [], evidence: [] }
const direct: Path = { kind: 'direct', address: '/ip4/192.0.2.7/tcp/1' }
const circuit: Path = { kind: 'circuit', relay: 'r', address: '', limited: false }
const hub: Path = { kind: 'hub', relay: 'r' }
const self = { peerId: 'me', path: { kind: 'self' } } as const
const relays = (...states: Relay['state'][]): StandingFacts['relays'] => states.map((state) => ({ state }))
const people = (...paths: Path[]): StandingFacts['people'] => [self, ...paths.map((path, i) => ({ peerId: `p${String(i)}`, path }))]
const facts = (more: Partial<StandingFacts>): StandingFacts => ({ phase: { kind: 'running' }, safeMode: false, reachability: nothing, relays: [], people: [self], ...more })

const relayed: Partial<StandingFacts> = { reachability: { ...nothing, state: 'relayed' }, relays: relays('reserved', 'down') }
const proven: Partial<StandingFacts> = { reachability: { ...nothing, state: 'direct' }, relays: relays('ready') }
const down: Partial<StandingFacts> = { reachability: { ...nothing, state: 'offline' }, relays: relays('down') }
const allDown: Partial<StandingFacts> = { reachability: { ...nothing, state: 'offline' }, relays: relays('down', 'down', 'asking') }
const refused: Partial<StandingFacts> = { reachability: { ...nothing, state: 'offline' }, relays: relays('down', 'refused') }
const asking: Partial<StandingFacts> = { relays: relays('connecting', 'down') }
const unplugged: Partial<StandingFacts> = { reachability: { ...nothing, state: 'offline', noNetwork: true }, relays: relays('down') }

describe('how we stand', () => {
  it.each<[string, Partial<StandingFacts>, string]>([
    ['no relay is set', {}, 'idle: Only people on your local network can reach you'],
    ['a relay waits for the person to agree', { relays: relays('asking') }, 'idle: Only people on your local network can reach you'],
    ['no relay is set, and a friend is connected', { people: people(direct) }, 'good: Connected to 1 person. New people can reach you on your local network only'],
    ['a relay listens for us', relayed, 'good: Others can reach you'],
    ['a relay listens for us, and people are there', { ...relayed, people: people(direct, circuit, hub) }, 'good: Connected to 2 people, 1 more online. Others can reach you too'],
    ['a dial-back reached us', proven, 'good: Others can reach you'],
    ['a dial-back reached us, and somebody is there', { ...proven, people: people(circuit) }, 'good: Connected to 1 person. Others can reach you too'],
    ['the relay is down', down, 'bad: Only people on your local network can reach you until your relay is back'],
    ['the relay is down, and a friend is connected directly', { ...down, people: people(direct) }, 'warn: Connected to 1 person. New people can’t reach you until your relay is back'],
    ['all relays are down', { ...allDown, people: people(direct, direct) }, 'warn: Connected to 2 people. New people can’t reach you until one of your relays is back'],
    ['relays do not serve us', refused, 'bad: Only people on your local network can reach you: your relays turned you away'],
    ['relays do not serve us, and a friend is connected', { ...refused, people: people(direct) }, 'warn: Connected to 1 person. New people can’t reach you: your relays turned you away'],
    ['relays are asked', asking, 'idle: Connecting to your relays…'],
    ['a relay is asked, and a friend is connected', { ...asking, relays: relays('connecting'), people: people(direct) }, 'idle: Connected to 1 person. Connecting to your relay…'],
    ['somebody is there by a hub alone', { ...relayed, people: people(hub) }, 'good: 1 person online. Others can reach you too'],
    ['somebody is known and not there', { ...relayed, people: people({ kind: 'none' }) }, 'good: Others can reach you'],
    ['there is no network', unplugged, 'bad: This computer has no network connection'],
    ['there is no network, and no relay', { ...unplugged, relays: [], reachability: { ...nothing, noNetwork: true } }, 'bad: This computer has no network connection'],
    ['there is no network, and somebody on this computer', { ...unplugged, people: people(direct) }, 'warn: Connected to 1 person. This computer has no network connection'],
    ['the node starts', { phase: { kind: 'reading' } }, 'idle: Starting the network…'],
    ['safe mode', { safeMode: true, ...down }, 'bad: Safe mode: no network']
  ])('%s', (_, more, words) => {
    const standing = standingOf(facts(more))
    expect(`${standingTone(standing)}: ${standingWords(standing)}`).toBe(words)
  })

  it('counts somebody on several topics once, by the best way to them', () => {
    expect(standingOf(facts({ people: [...people(direct), { peerId: 'p0', path: hub }, ...people(direct)] }))).toMatchObject({ connected: 1, behindHub: 0 })
  })
})

describe('what is outside of the window', () => {
  it('says the same, and hears only of what changes it', () => {
    const status = createStatus()
    let changes = 0
    status.on('change', () => { changes++ })
    const tell = (...pushes: Parameters<typeof status.take>[0]['pushes']): void => { status.take({ sequence: 1, pushes }) }
    const relay: Relay = { peerId: 'r', address: '', source: { kind: 'settings' }, state: 'down', since: 1, detail: '', hub: false }
    const garden = (rtt: number) => ({ event: 'people:change', value: { topic: 'garden', people: [{ peerId: 'me', name: '', path: { kind: 'self' } }, { peerId: 'p0', name: 'Bo', path: { ...direct, rtt } }] } }) as const
    const words = (): string => standingWords(status.standing())
    expect(words()).toBe('Starting the network…')
    tell({ event: 'phase:change', value: { kind: 'running' } }, { event: 'reachability:change', value: { ...nothing, state: 'offline' } }, { event: 'relays:change', value: [relay] })
    expect(words()).toBe('Only people on your local network can reach you until your relay is back')
    tell(garden(12))
    expect(words()).toBe('Connected to 1 person. New people can’t reach you until your relay is back')
    expect(changes).toBe(2)
    tell(garden(14))
    expect(changes).toBe(2)
    tell({ event: 'topic:remove', value: { id: 'garden' } })
    expect(words()).toBe('Only people on your local network can reach you until your relay is back')
    tell({ event: 'desktop:change', value: { safeMode: true, startAtLogin: 'off', tray: true, folders: { data: '', logs: '' }, crashes: [] } })
    expect(words()).toBe('Safe mode: no network')
  })
})
