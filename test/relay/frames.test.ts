import { expect, it } from 'vitest'
import { RawPeer } from '../net/support/raw-peer.ts'
import { until } from '../net/support/until.ts'
import { askBeforeHandshake, ATTACKS, floodCircuit, sendEndlessFrame } from './support/attacks.ts'
import { playScene } from './support/scene.ts'

/** Milliseconds in which who is cut off is gone. */
const SLACK = 10_000

const scene = playScene()
const { net, dial, isRefused, othersNotice } = scene

it.each(Object.entries(ATTACKS))('who sends %s without end is cut off, and others notice nothing', async (_, attack) => {
  await othersNotice(async (ended) => {
    const attacker = await RawPeer.start(net, 'gossipsub')
    const connection = await dial(attacker)
    await attack(connection, ended)
    await until(() => connection.status !== 'open', SLACK, 'it is cut off')
    expect(await isRefused(attacker)).toBe(true)
  })
})

it('who sends frames of one byte through a circuit without end is cut off, and others notice nothing', async () => {
  await othersNotice(async (ended) => {
    const [attacker, friend] = [await RawPeer.start(net, 'gossipsub'), await RawPeer.start(net, 'gossipsub')]
    const [connection, place] = [await dial(attacker), await dial(friend)]
    friend.node.gater.setRelays([place.remotePeer.toString()])
    await friend.node.slots.reserve(place.remotePeer)
    await floodCircuit(attacker, connection, friend, ended)
    await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  })
})

it('who announces a frame of 4 GiB fills no memory', async () => {
  const before = scene.relay().memory()
  await othersNotice(async (ended) => {
    const connection = await dial(await RawPeer.start(net, 'gossipsub'))
    await sendEndlessFrame(connection, ended)
    await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  })
  expect(scene.relay().memory() - before).toBeLessThan(64_000_000)
})

it('who asks for protocols without end before it says who it is keeps nobody waiting, however often it comes', async () => {
  const port = Number(/tcp\/(\d+)/u.exec(scene.relay().address)?.[1])
  await othersNotice(async (ended) => {
    while (!ended.aborted) await askBeforeHandshake('127.0.0.1', port, '127.9.9.8', ended)
  })
})
