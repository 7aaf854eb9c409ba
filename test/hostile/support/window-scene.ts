import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { launchApp } from '../../e2e/support/app.ts'
import { makeProfile } from '../../e2e/support/profile.ts'
import { startRelay } from '../../e2e/support/relay.ts'
import { postItem, see } from '../../e2e/support/reader.ts'
import { WindowUser } from '../../e2e/support/window-user.ts'
import { Chatter } from '../../net/support/chatters.ts'
import { candidate } from '../../net/support/desktops.ts'
import { TestNet, TOPIC } from '../../net/support/test-net.ts'
import { until } from '../../net/support/until.ts'
import { startAttack } from './attackers.ts'
import type { DESKTOP_ATTACKS } from './desktop-attacks.ts'
import { ATTACK_SECONDS } from './length.ts'
import { canCollect, collectedMemory, databaseBytes, isDrawn, memory, ownAddress, watch, type Seen } from './window-watch.ts'

/** Milliseconds between two honest posts. */
const POST_EVERY = 200
const SETTLE = 2_000
/** Posts before the attack, and milliseconds between two of them. */
const WARM_POSTS = 60
const WARM_EVERY = 50

/** What an attack did to a desktop. */
export interface AttackOnDesktop extends Pick<Seen, 'loop' | 'calls' | 'reachability'> {
  /** The same before the attack: what this computer is able to. */
  readonly quiet: Pick<Seen, 'loop' | 'calls'>
  /** Milliseconds from each honest post to its row on the screen; Infinity where it never came. */
  readonly took: readonly number[]
  /** Bytes of memory after a collection before, at most, and after a collection afterwards. */
  readonly before: number
  readonly most: number
  readonly after: number
  /** Bytes by which the database grew at most, all that is written ahead included. */
  readonly disk: number
}

/** Attacks a window that shows a topic, while a friend posts there, and from half time on a newcomer too. */
export async function attackDesktop (attack: keyof typeof DESKTOP_ATTACKS): Promise<AttackOnDesktop> {
  const folder = mkdtempSync(join(tmpdir(), 'natter-hostile-'))
  const net = new TestNet()
  net.atEnd(() => { rmSync(folder, { recursive: true, force: true }) })
  try {
    const relay = await startRelay()
    net.atEnd(relay.close)
    const person = async (name: string): Promise<Chatter> => Chatter.make(net, name, { relays: [candidate(relay.address)] })
    const [friend, newcomer] = [await person('Friend'), await person('Newcomer')]
    await friend.comeOnline()
    await until(() => friend.online.node.reachability.state.state === 'relayed', 10_000, 'the friend can be reached')
    const record = Buffer.from(await friend.online.node.people.ownRecord()).toString('base64')
    const profile = await makeProfile(folder, {
      name: 'Ada', topics: [TOPIC.replace('/natter/1/', '')],
      settings: { mdns: false, relays: [{ address: relay.address, source: { kind: 'settings' }, approved: true }], known: [{ peerId: friend.peerId, record, topics: [TOPIC] }] }
    })
    const launched = await launchApp({ userDataDir: profile.folder, args: ['--js-flags=--expose-gc'] })
    net.atEnd(launched.close)
    const user = new WindowUser(launched.page)
    await expect.poll(async () => user.reachability(), { timeout: 20_000 }).toMatch(/^Connected to 1 person. Others can reach you/u)
    expect(await canCollect(launched)).toBe(true)

    const sent = new Map<string, number>()
    const honestly = async (from: Chatter): Promise<void> => {
      const text = `honest ${String(sent.size)}`
      sent.set(text, Date.now())
      await from.post(text)
    }
    const endQuiet = await watch(launched, 'honest ')
    // What an app takes once it is used is no attacker's.
    for (let count = 0; count < WARM_POSTS; count++) {
      await honestly(friend)
      await delay(WARM_EVERY)
    }
    await see(postItem(launched.page, `honest ${String(WARM_POSTS - 1)}`)).toBeInViewport()
    sent.clear()
    const quiet = await endQuiet()

    const address = await ownAddress(launched.page)
    const before = await collectedMemory(launched)
    // Without what is written ahead already, so that nothing of a flood is set off against it.
    const onDisk = databaseBytes(folder, { ahead: false })
    let disk = 0
    const end = await watch(launched, 'honest ')
    const stop = startAttack({ attack, address, through: `${relay.address}/p2p-circuit/p2p/${address.split('/p2p/')[1] ?? ''}` })
    let most = before
    const begin = performance.now()
    const passed = (): number => (performance.now() - begin) / 1_000
    const friendRecord = await friend.online.node.people.ownRecord()
    for (let next = 0; passed() < ATTACK_SECONDS; next++) {
      const both = newcomer.running !== undefined && newcomer.online.chat.people(TOPIC).length > 1
      await honestly(both && next % 2 === 0 ? newcomer : friend)
      if (newcomer.running === undefined && passed() > ATTACK_SECONDS / 2) {
        await newcomer.comeOnline()
        await newcomer.online.node.people.know({ record: friendRecord, topics: [TOPIC] })
      }
      most = Math.max(most, await memory(launched.app))
      disk = Math.max(disk, databaseBytes(folder) - onDisk)
      await delay(POST_EVERY)
    }
    await stop()
    await isDrawn(launched, `honest ${String(sent.size - 1)}`)
    await delay(SETTLE)
    const { drawn, ...seen } = await end()
    const took = [...sent].map(([text, at]) => (drawn.get(text) ?? Infinity) - at)
    return { ...seen, quiet, took, before, most, after: await collectedMemory(launched), disk: Math.max(disk, databaseBytes(folder) - onDisk) }
  } finally {
    await net.stop()
  }
}
