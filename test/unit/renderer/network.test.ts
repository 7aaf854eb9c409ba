import { describe, expect, it } from 'vitest'
import { graphOf } from '../../../renderer/logic/network/graph.ts'
import { gridStep } from '../../../renderer/logic/network/grid.ts'
import { Layout, type Place } from '../../../renderer/logic/network/layout.ts'
import { Passing } from '../../../renderer/logic/network/passing.ts'
import { rosterOf, summaryOf } from '../../../renderer/logic/network/roster.ts'
import { COLUMNS, inHeldOrder, rowsOf, sortRows, tableText } from '../../../renderer/logic/network/rows.ts'
import type { Link, NetworkPeer, PeerTally, Person } from '../../../preload/contract/index.ts'

const link = (id: string, more: Partial<Link> = {}): Link => ({ id, address: `/ip4/203.0.113.7/tcp/1/p2p/${id}`, transport: 'tcp', direction: 'out', bytesIn: 1_500, bytesOut: 10, since: 1_000, ...more })
const peer = (peerId: string, more: Partial<NetworkPeer> = {}): NetworkPeer => ({ peerId, role: 'person', relays: false, agent: 'program', topics: ['/natter/1/music'], mesh: [], tallies: [], addresses: [], links: [link(peerId)], ...more })
const NO_CONTROL = { controlIn: 0, controlOut: 0, ihaveIn: 0, ihaveOut: 0, iwantIn: 0, iwantOut: 0, idontwantIn: 0, idontwantOut: 0 }
const tally = (protocol: PeerTally['protocol'], first: number, duplicates: number, forwarded: number): PeerTally => ({
  protocol, topics: [{ topic: '/natter/1/music', first, duplicates, forwarded, payloadIn: 0, payloadOut: 0 }], control: NO_CONTROL
})
const hub = peer('hub', { role: 'hub', relays: true, mesh: ['/natter/1/music'], links: [link('hub', { rtt: 34 })] })
const mei = peer('mei', { tallies: [tally('gossipsub', 4, 2, 4), tally('floodsub', 1, 0, 0)], mesh: ['/natter/1/music'], links: [link('mei', { relay: 'hub', rtt: 9, limit: { bytes: 88_000 } })] })
const chidi = peer('chidi', { links: [link('chidi', { rtt: 120 })] })
const tomas: Person = { peerId: 'tomas', name: 'Tomás', path: { kind: 'hub', relay: 'hub' } }
const people: readonly Person[] = [{ peerId: 'mei', name: 'Mei', path: { kind: 'none' } }, tomas]
const all = rosterOf([hub, mei, chidi], people)

describe('the roster', () => {
  it('names whom posts named, and has those whom a hub alone reaches', () => {
    expect(all.map(({ label, hub: behind, role }) => [label, behind, role])).toEqual([['hub', undefined, 'hub'], ['Mei', undefined, 'person'], ['chidi', undefined, 'person'], ['Tomás', 'hub', 'person']])
    expect(summaryOf(all)).toBe('Connected to 3 peers: 2 direct, 1 through a relay. 1 more person through a hub')
    expect(summaryOf(rosterOf([chidi], []))).toBe('Connected to 1 peer: 1 direct')
  })

  it('keeps who did not change the same object, so that it is not drawn again', () => {
    const next = rosterOf([hub, { ...mei }, chidi], people, all)
    expect(next.map((seen, i) => seen === all[i])).toEqual([true, false, true, true])
    expect(rowsOf(next)[0]).toBe(rowsOf(all)[0])
  })

  it('says why somebody is reached through a relay, while they are', () => {
    const why = 'Their network changes ports.'
    const person: Person = { peerId: 'mei', name: 'Mei', path: { kind: 'circuit', relay: 'hub', limited: false, address: '/p2p/hub/p2p-circuit', why } }
    expect(rosterOf([mei], [person])[0]).toMatchObject({ why })
    expect(rosterOf([{ ...mei, links: [...mei.links, link('b')] }], [person])[0]).not.toHaveProperty('why')
  })

  it('forgets a hub as the way to somebody who is connected by now', () => {
    expect(rosterOf([peer('tomas')], [tomas]).map(({ hub: behind }) => behind)).toEqual([undefined])
  })
})

describe('the graph', () => {
  it('draws a circuit behind its relay, a direct connection from us, posts through a hub behind it', () => {
    const { nodes, edges, routes } = graphOf('me', all)
    expect(nodes.map(({ id, role }) => [id, role])).toEqual([['me', 'self'], ['hub', 'hub'], ['mei', 'person'], ['chidi', 'person'], ['tomas', 'person']])
    expect(edges.map(({ from, to, kind, mesh }) => [from, to, kind, mesh])).toEqual([['me', 'hub', 'direct', true], ['hub', 'mei', 'circuit', true], ['me', 'chidi', 'direct', false], ['hub', 'tomas', 'hub', false]])
    expect(routes.get('mei')).toEqual(['me', 'hub', 'mei'])
    expect(routes.get('chidi')).toEqual(['me', 'chidi'])
  })

  it('shows both ways of somebody who is upgraded, and posts on the direct one', () => {
    const both = peer('mei', { mesh: ['t'], links: [link('a', { relay: 'hub' }), link('b')] })
    const { edges, routes } = graphOf('me', rosterOf([hub, both], []))
    expect(edges.filter(({ to }) => to === 'mei').map(({ kind, mesh }) => [kind, mesh])).toEqual([['circuit', false], ['direct', true]])
    expect(routes.get('mei')).toEqual(['me', 'mei'])
  })

  it('has the relay of a circuit, also where no connection to it is seen', () => {
    const { nodes, edges } = graphOf('me', rosterOf([mei], []))
    expect(nodes.map(({ id }) => id).sort()).toEqual(['hub', 'me', 'mei'])
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['me hub', 'hub mei'])
  })
})

describe('the layout', () => {
  const far = (a: Place | undefined, b: Place | undefined): number => Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))

  it('keeps us in the middle, everybody apart, and who stays near where they were', () => {
    const layout = new Layout()
    layout.update(graphOf('me', all))
    layout.settle()
    expect(layout.placeOf('me')).toEqual({ x: 0, y: 0 })
    const before = layout.placeOf('chidi')
    for (const [a, b] of [['mei', 'tomas'], ['mei', 'chidi'], ['hub', 'me'], ['hub', 'mei']] as const) expect(far(layout.placeOf(a), layout.placeOf(b))).toBeGreaterThan(50)
    expect(layout.update(graphOf('me', all))).toBe(false)
    expect(layout.update(graphOf('me', rosterOf([hub, mei, chidi, peer('new')], people)))).toBe(true)
    expect(layout.placeOf('chidi')).toEqual(before)
    layout.update(graphOf('me', rosterOf([hub], [])))
    expect(layout.placeOf('chidi')).toBeUndefined()
  })

  it('is the same each time, and finite for 200', () => {
    const crowd = graphOf('me', rosterOf([hub, ...Array.from({ length: 199 }, (_, i) => peer(`p${String(i)}`, i % 2 === 0 ? {} : { links: [link(`l${String(i)}`, { relay: 'hub' })] }))], []))
    const [one, other] = [new Layout(), new Layout()]
    one.update(crowd)
    other.update(crowd)
    for (const { id } of crowd.nodes) {
      const place = one.placeOf(id)
      expect(Number.isFinite(place?.x) && Number.isFinite(place?.y)).toBe(true)
      expect(other.placeOf(id)).toEqual(place)
    }
  })
})

describe('what passes', () => {
  const places: Readonly<Record<string, Place>> = { me: { x: 0, y: 0 }, hub: { x: 100, y: 0 }, mei: { x: 100, y: 100 } }
  const placeOf = (id: string): Place | undefined => places[id]
  const routes = new Map([['mei', ['me', 'hub', 'mei']]])

  it('runs along every line of its way, the way that it goes, and is gone at its end', () => {
    const passing = new Passing()
    passing.add([{ peerId: 'mei', direction: 'in', duplicate: true, posts: 1 }], routes, 1_000)
    expect(passing.at(1_175, placeOf)).toEqual([{ x: 100, y: 50, duplicate: true }])
    expect(passing.at(1_525, placeOf)).toEqual([{ x: 50, y: 0, duplicate: true }])
    expect(passing.at(1_701, placeOf)).toEqual([])
    expect(passing.busy).toBe(false)
  })

  it('stands still where nothing is to move, and knows nobody who left', () => {
    const passing = new Passing()
    passing.add([{ peerId: 'mei', direction: 'out', duplicate: false, posts: 3 }, { peerId: 'gone', direction: 'in', duplicate: false, posts: 1 }], routes, 0)
    expect(passing.at(100, placeOf, true)).toEqual([{ x: 100, y: 50, duplicate: false }])
    expect(passing.at(600, placeOf, true)).toEqual([{ x: 100, y: 50, duplicate: false }])
  })
})

describe('the table', () => {
  const rows = rowsOf(all)
  const order = (...sorting: Parameters<typeof sortRows>[1][]): string[] => sorting.map((one) => sortRows(rows, one).map(({ peerId }) => peerId).join(' '))

  it('sorts figures as figures and words as words; what is not there stands last whichever way', () => {
    expect(order({ by: 'rtt', down: false }, { by: 'rtt', down: true })).toEqual(['mei hub chidi tomas', 'chidi hub mei tomas'])
    expect(order({ by: 'name', down: false }, { by: 'left', down: false })).toEqual(['chidi hub mei tomas', 'mei chidi hub tomas'])
  })

  it('says and copies each fact', () => {
    const row = rows.find(({ peerId }) => peerId === 'mei')
    expect(COLUMNS.map(({ key }) => row?.cells[key].text)).toEqual(['Mei', 'Person', 'Through relay hub', 'TCP', '9.0 ms', '1.5 kB', '10 B', '88.0 kB more', '5', '2', '4', 'music', 'music', 'program', expect.any(String), 'mei'])
    expect(row?.cells.in.copy).toBe('1500')
    expect(row?.cells.left.copy).toBe('88000 bytes')
    expect(row?.cells.since.copy).toBe('1970-01-01T00:00:01.000Z')
    expect(tableText(rows).split('\n')).toHaveLength(5)
    expect(tableText(rows).split('\n')[0]).toBe(COLUMNS.map(({ title }) => title).join('\t'))
  })

  it('has one row for a peer, however many connections there are, so that it agrees with the summary', () => {
    const many = rosterOf([hub, { ...mei, links: [link('a', { relay: 'hub', rtt: 50, since: 500 }), link('b', { rtt: 2, since: 900 }), link('c', { relay: 'other' })] }], people)
    const table = rowsOf(many)
    expect(table.map(({ peerId }) => peerId)).toEqual(['hub', 'mei', 'tomas'])
    expect(summaryOf(many)).toBe('Connected to 2 peers: 2 direct. 1 more person through a hub')
    const { cells } = table[1] ?? table[0] ?? { cells: undefined }
    expect([cells?.way.text, cells?.way.copy, cells?.rtt.text, cells?.in.text, cells?.duplicates.text, cells?.since.copy]).toEqual([
      'Direct, and 2 more', 'Direct; Through relay hub; Through relay other', '2.0 ms', '4.5 kB', '2', '1970-01-01T00:00:00.500Z'
    ])
  })

  it('stays in the order that somebody works in; who comes is last', () => {
    expect(inHeldOrder(rows, ['tomas', 'gone', 'mei']).map(({ peerId }) => peerId)).toEqual(['tomas', 'mei', 'hub', 'chidi'])
  })

  it('is walked as a grid', () => {
    const size = { rows: 3, columns: 4 }
    const press = (key: string, at: { row: number, column: number }, ctrlKey = false): unknown => gridStep({ key, ctrlKey, metaKey: false, altKey: false }, at, size)
    expect(press('ArrowDown', { row: 2, column: 1 })).toEqual({ row: 2, column: 1 })
    expect(press('ArrowUp', { row: 0, column: 1 })).toEqual({ row: -1, column: 1 })
    expect(press('End', { row: 0, column: 1 })).toEqual({ row: 0, column: 3 })
    expect(press('Home', { row: 2, column: 1 }, true)).toEqual({ row: -1, column: 0 })
    expect(press('ArrowDown', { row: 0, column: 0 }, true)).toBeUndefined()
    expect(press('x', { row: 0, column: 0 })).toBeUndefined()
  })
})
