import { afterEach, describe, expect, it } from 'vitest'
import type { Protocol, Reachability, Relay } from '../../../preload/contract/index.ts'
import { Chatter } from '../support/chatters.ts'
import { relayOf, reserved, startDesktop, startRelay, talk, type Desktop, type OurRelay } from '../support/desktops.ts'
import { TestNet, TOPIC } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'
import { silentRelay } from '../relay/support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Milliseconds between two posts of a running conversation. */
const PACE = 100

const CLOSED = 'It is closing down; asking again until it is back.'

describe('a relay that empties itself', () => {
  it('is left for another that takes over first, and used again after its return', async () => {
    const relays = [await startRelay(net), await startRelay(net), await startRelay(net)] as const
    const desktop = await startDesktop(net, { relays: relays.map(({ candidate }) => candidate) })
    await Promise.all([reserved(desktop, relays[0]), reserved(desktop, relays[1])])
    const seen: (readonly Relay[])[] = []
    desktop.node.reachability.on('relays:change', (now) => { seen.push(now) })
    const start = performance.now()
    await relays[0].node.drain(20)
    expect(performance.now() - start).toBeLessThan(8_000)
    expect(relays[0].node.stats.relay.reservations).toBe(0)
    // At no moment it had fewer places than two, the third was there before the first was given up.
    for (const now of seen) {
      expect(now.filter(({ state }) => state === 'reserved').length).toBeGreaterThanOrEqual(2)
    }
    expect(seen.flat().some(({ peerId, detail }) => peerId === relays[0].id && detail === 'It is closing down; we move to another relay.')).toBe(true)
    expect(relayOf(desktop, relays[0])).toMatchObject({ state: 'refused', detail: CLOSED })
    expect(relayOf(desktop, relays[2])?.state).toBe('reserved')

    // Whoever asks meanwhile is told.
    const late = await startDesktop(net, { relays: [relays[0].candidate] })
    await until(() => relayOf(late, relays[0])?.state === 'refused', 5_000, 'it is refused')
    expect(relayOf(late, relays[0])?.detail).toBe(CLOSED)
    expect(relays[0].node.stats.relay.refused.draining).toBeGreaterThan(0)
    await relays[0].stop()
    const back = await relays[0].again()
    await reserved(late, back, 12_000)
  })

  it('waits for nobody who has nowhere to go, and is used again after its return', async () => {
    const relay = await startRelay(net)
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(desktop, relay)
    const start = performance.now()
    await relay.node.drain(20)
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(relayOf(desktop, relay)).toMatchObject({ state: 'reserved', detail: 'It is closing down, and no other relay listens for us yet.' })
    await relay.stop()
    await until(() => desktop.node.reachability.state.through.length === 0, 2_000, 'it is named no more')
    expect(relayOf(desktop, relay)?.detail).toBe(CLOSED)
    await reserved(desktop, await relay.again(), 10_000)
  })

  it('waits no longer than it may for who says that it moves and does not', async () => {
    const relay = await startRelay(net)
    const hung = await silentRelay(net)
    const desktop = await startDesktop(net, { relays: [relay.candidate, hung] })
    await reserved(desktop, relay)
    const start = performance.now()
    await relay.node.drain(2)
    const took = performance.now() - start
    expect(took).toBeGreaterThan(1_900)
    expect(took).toBeLessThan(4_000)
    expect(relayOf(desktop, relay)?.state).toBe('reserved')
  })
})

/** Through whom somebody said to be reachable, with what was true then. */
interface Claim { readonly through: readonly string[], readonly gone: readonly string[] }

/** Two people who talk over two relays without a pause. */
class Conversation {
  readonly people: readonly [Chatter, Chatter]
  readonly said: string[] = []
  readonly claims: Claim[] = []
  readonly gone = new Set<string>()
  #isOver = false
  #talking: Promise<unknown> = Promise.resolve()

  constructor (people: readonly [Chatter, Chatter]) {
    this.people = people
    for (const { online } of people) {
      online.node.reachability.on('reachability:change', ({ through }: Reachability) => {
        this.claims.push({ through: through.map(({ relay }) => relay), gone: [...this.gone] })
      })
    }
  }

  begin (): void {
    this.#talking = Promise.all(this.people.map(async (person, i) => {
      for (let n = 0; !this.#isOver; n++) {
        const text = `${i} says ${n}`
        this.said.push(text)
        await person.post(text)
        await pause(PACE)
      }
    }))
  }

  async end (): Promise<void> {
    this.#isOver = true
    await this.#talking
  }

  /** Waits until both hold all that was said. */
  async allArrives (ms: number): Promise<void> {
    const missing = async (): Promise<string[]> => (await Promise.all(this.people.map(async (person) => {
      const held = new Set((await person.posts()).map(({ text }) => text))
      return this.said.filter((text) => !held.has(text))
    }))).flat()
    let left: string[] = []
    await until(async () => {
      left = await missing()
      return left.length === 0
    }, ms, () => `everything arrives; ${left.length} of ${this.said.length} are missing`)
  }
}

/** How many places each of two people says to have on the relays. */
function places (people: readonly Chatter[]): number {
  return people.reduce((sum, { online }) => sum + online.node.reachability.state.through.length, 0)
}

describe.each(['gossipsub', 'floodsub'] as const satisfies readonly Protocol[])('a running conversation over two relays (%s)', (protocol) => {
  describe.each([true, false])('hub: %s', (hub) => {
    it('loses no post over kill, drain and restart of one, and names nobody who is gone', { timeout: 120_000 }, async () => {
      const options = hub ? {} : { hub: false as const }
      let first: OurRelay = await startRelay(net, options)
      const second = await startRelay(net, options)
      const relays = [first.candidate, second.candidate]
      const people = [await Chatter.make(net, 'Ada', { relays, protocol }), await Chatter.make(net, 'Bo', { relays, protocol })] as const
      for (const person of people) await person.comeOnline()
      await until(() => places(people) === 4, 10_000, 'both have a place on both')
      await introduce(people)
      const talk = new Conversation(people)
      net.atEnd(async () => talk.end())
      talk.begin()
      await until(async () => (await people[0].posts()).some(({ text }) => text.startsWith('1 ')), 15_000, 'they talk')

      // Killed: its connections break without a word.
      for (const connection of first.node.components.connectionManager.getConnections()) connection.abort(new Error('killed'))
      await first.stop()
      await until(() => places(people) === 2, 5_000, 'the loss is noticed')
      talk.gone.add(first.id)
      await pause(500)
      talk.gone.delete(first.id)
      first = await first.again()
      await until(() => places(people) === 4, 15_000, 'both are back')

      // Emptied, and only then ended.
      await first.node.drain(20)
      talk.gone.add(first.id)
      expect(first.node.stats.relay.reservations).toBe(0)
      expect(places(people)).toBe(2)
      await first.stop()
      await pause(500)
      talk.gone.delete(first.id)
      await first.again()
      await until(() => places(people) === 4, 15_000, 'both are back')

      await talk.end()
      await talk.allArrives(30_000)
      expect(talk.said.length).toBeGreaterThan(20)
      expect(talk.claims.filter(({ through, gone }) => through.some((relay) => gone.includes(relay)))).toEqual([])
    })
  })
})

/** Each gets the other's record, as an invite carries it: without a hub nobody else hands it on. */
async function introduce (people: readonly [Chatter, Chatter]): Promise<void> {
  for (const [one, other] of [people, people.toReversed()] as [Chatter, Chatter][]) {
    await one.online.node.people.know({ record: await other.online.node.people.ownRecord(), topics: [TOPIC] })
  }
}

it('two people talk on through what is left', async () => {
  const [first, second] = [await startRelay(net), await startRelay(net)]
  const relays = [first.candidate, second.candidate]
  const people: readonly Desktop[] = [await startDesktop(net, { relays }), await startDesktop(net, { relays })]
  for (const person of people) await Promise.all([reserved(person, first), reserved(person, second)])
  const [a, b] = people as [Desktop, Desktop]
  await talk(a, b, 'before')
  await first.node.drain(10)
  await talk(a, b, 'after')
  await first.stop()
  await talk(a, b, 'later')
})
