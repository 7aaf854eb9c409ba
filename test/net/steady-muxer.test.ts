import { multiaddrConnectionPair } from '@libp2p/utils'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { MultiaddrConnection, StreamMuxerFactory } from '@libp2p/interface'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createNode, type CreatedNode } from '../../main/node/create-node.ts'
import { FrameMeters } from '../../main/node/frame-meter.ts'
import { HeldBytes } from '../../main/node/guard/held-bytes.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { MAX_HELD_BYTES } from '../../main/node/limits.ts'
import { steadyYamux } from '../../main/node/steady-muxer.ts'
import { sendAll } from './support/drained.ts'
import { TestNet } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const BULK = '/test/bulk'
const MIB = 1_048_576

const net = new TestNet()
afterEach(async () => net.stop())

async function startNode (role: 'desktop' | 'relay'): Promise<CreatedNode> {
  const node = await createNode({ role, privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'], allowPrivate: true })
  net.atEnd(async () => node.libp2p.stop())
  await node.libp2p.start()
  return node
}

// vitest counts what nobody catches as a failure; here it is what is looked at.
const uncaught: unknown[] = []
const catcher = (error: unknown): void => { uncaught.push(error) }
let others: NodeJS.UncaughtExceptionListener[] = []
beforeEach(() => {
  uncaught.length = 0
  others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', catcher)
})
afterEach(() => {
  process.off('uncaughtException', catcher)
  for (const other of others) process.on('uncaughtException', other)
})

/** A connection whose writing end is closed, while a muxer over it has not heard of it. */
async function openOverDead (factory: StreamMuxerFactory): Promise<{ readonly ended: boolean }> {
  const [connection] = multiaddrConnectionPair() as unknown as [MultiaddrConnection & { writeStatus: string }]
  const muxer = factory.createStreamMuxer(connection)
  connection.writeStatus = 'closed'
  const stream = await muxer.createStream()
  await pause(20)
  return { ended: stream.status !== 'open' }
}

it('a stream that is opened over a connection which has ended ends with it, and nothing else does', async () => {
  expect(await openOverDead(steadyYamux({ role: 'desktop', meters: new FrameMeters({ role: 'desktop', onFlood: () => {} }), held: new HeldBytes(MAX_HELD_BYTES.desktop) })())).toEqual({ ended: true })
  expect(uncaught).toEqual([])
})

it('which yamux by itself does not see to: the workaround can go when this fails', async () => {
  await openOverDead(yamux()())
  await until(() => uncaught.length > 0, 1_000, 'the error that nobody catches')
  expect(uncaught[0]).toMatchObject({ name: 'StreamStateError' })
})

it.each(['desktop', 'relay'] as const)('32 MiB pass over one stream to a %s', async (role) => {
  const from = await startNode('desktop')
  const to = await startNode(role)
  let received = 0
  await to.libp2p.handle(BULK, async (stream) => {
    for await (const bytes of stream) received += bytes.byteLength
  })
  const stream = await from.libp2p.dialProtocol(to.libp2p.getMultiaddrs(), BULK)
  for (let sent = 0; sent < 32; sent++) {
    await sendAll(stream, new Uint8Array(MIB))
  }
  await stream.close()
  await until(() => received === 32 * MIB, 20_000, 'all of it came')
})
