import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Chatter } from '../support/chatters.ts'
import { startRelay } from '../support/desktops.ts'
import { PROTOCOLS, TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const PEOPLE = 12
/** Milliseconds of coming and going: two minutes where NATTER_CHURN_SECONDS asks for them. */
const CHURN = 1_000 * Number(process.env['NATTER_CHURN_SECONDS'] ?? 60)
/** Milliseconds after which all hold all. */
const AGREED = 30_000

const between = (least: number, most: number): number => least + Math.random() * (most - least)

/** Comes and goes, and posts all the while, until told to end. */
async function live (chatter: Chatter, ends: number, posted: string[]): Promise<void> {
  await sleep(between(0, 2_000))
  while (Date.now() < ends) {
    if (chatter.running === undefined) await chatter.comeOnline()
    const leaves = Math.min(ends, Date.now() + between(4_000, 20_000))
    while (Date.now() < leaves) {
      const text = `${chatter.name} ${String(posted.length)}`
      await chatter.post(text)
      posted.push(text)
      await sleep(between(300, 2_000))
    }
    // The last turn may end anywhere: online, or gone.
    if (Math.random() < 0.7) {
      await chatter.goOffline()
      await sleep(between(500, 6_000))
    }
  }
}

async function allAgree (chatters: readonly Chatter[], posted: readonly string[]): Promise<number> {
  let digests: string[] = []
  const took = await until(async () => {
    digests = await Promise.all(chatters.map(async (chatter) => chatter.digest()))
    return digests.every((digest) => digest === digests[0] && digest.startsWith(`${String(posted.length)} `))
  }, AGREED, () => `all hold all ${String(posted.length)}: ${digests.map((digest) => digest.split(' ')[0]).join(', ')}`)
  const [first = [], ...others] = await Promise.all(chatters.map(async (chatter) => (await chatter.posts()).map(({ text }) => text)))
  expect([...first].sort()).toEqual([...posted].sort())
  for (const other of others) expect(other, 'in the same order').toEqual(first)
  return took
}

describe.each(PROTOCOLS)('%s', (protocol) => {
  it(`${String(PEOPLE)} people who come and go for ${String(CHURN / 1_000)} s hold all posts in the end, in one order`, async () => {
    const relay = await startRelay(net)
    const chatters = await Promise.all(Array.from({ length: PEOPLE }, async (_, i) => Chatter.make(net, `p${String(i)}`, { relays: [relay.candidate], protocol })))
    const posted: string[] = []
    const ends = Date.now() + CHURN
    await Promise.all(chatters.map(async (chatter) => live(chatter, ends, posted)))
    await Promise.all(chatters.filter(({ running }) => running === undefined).map(async (chatter) => chatter.comeOnline()))
    const took = await allAgree(chatters, posted)
    console.log(`${protocol}: ${String(posted.length)} posts, all hold all ${(took / 1_000).toFixed(1)} s after the churn`)
    expect(posted.length).toBeGreaterThan(PEOPLE * 10)
    // Nobody here does more than talk.
    expect(relay.node.stats.relay.refused).toMatchObject({ floods: 0, handshakes: 0, dials: 0 })
  })

  it('two halves that were parted hold all posts when they meet, in one order', async () => {
    const [left, right] = await Promise.all([startRelay(net), startRelay(net)])
    const chatters = await Promise.all(Array.from({ length: PEOPLE }, async (_, i) => Chatter.make(net, `p${String(i)}`, { relays: [(i % 2 === 0 ? left : right).candidate], protocol })))
    await Promise.all(chatters.map(async (chatter) => chatter.comeOnline()))
    const posted: string[] = []
    for (let n = 0; n < 20; n++) {
      await Promise.all(chatters.map(async (chatter) => {
        const text = `${chatter.name} parted ${String(n)}`
        posted.push(text)
        await chatter.post(text)
      }))
      await sleep(50)
    }
    const halves = await Promise.all(chatters.map(async (chatter) => (await chatter.posts()).length))
    expect(Math.max(...halves)).toBeLessThan(posted.length)
    // The wall falls: everybody may use both relays.
    for (const chatter of chatters) chatter.online.node.reachability.setCandidates([left.candidate, right.candidate])
    await allAgree(chatters, posted)
  })
})
