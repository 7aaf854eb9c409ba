import { multiaddrConnectionPair } from '@libp2p/utils'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { MultiaddrConnection, StreamMuxerFactory } from '@libp2p/interface'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { steadyYamux } from '../../main/node/steady-muxer.ts'
import { pause, until } from './support/until.ts'

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
  expect(await openOverDead(steadyYamux()())).toEqual({ ended: true })
  expect(uncaught).toEqual([])
})

it('which yamux by itself does not see to: the workaround can go when this fails', async () => {
  await openOverDead(yamux()())
  await until(() => uncaught.length > 0, 1_000, 'the error that nobody catches')
  expect(uncaught[0]).toMatchObject({ name: 'StreamStateError' })
})
