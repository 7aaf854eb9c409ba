import { afterEach, describe, expect, it } from 'vitest'
import { lpStream } from '@libp2p/utils'
import type { Connection } from '@libp2p/interface'
import type { StreamProtocol } from '../../main/node/protocols.ts'
import { ask, serve } from '../../main/node/streams.ts'
import { connect, crosses, dialThrough, reserve, TestNet, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const ECHO: StreamProtocol = { id: '/natter/test-echo/1.0.0', maxBytes: 1_000, deadline: 500, perMinute: 100 }
const HELLO = new TextEncoder().encode('hello')

async function scene (protocol = ECHO, answer: (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array | undefined> = async (request) => request): Promise<{
  readonly client: TestNode
  readonly server: TestNode
  readonly connection: Connection
  readonly served: number[]
}> {
  const [client, server] = await Promise.all([net.node(), net.node()])
  const served: number[] = []
  await serve(server.components.registrar, protocol, async (request, _connection, signal) => {
    served.push(request.byteLength)
    return answer(request, signal)
  })
  const connection = await connect(client, server)
  return { client, server, connection, served }
}

/** After whatever was wrong: the connection, its other streams and the next request live. */
async function livesOn ({ client, server, connection }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  expect(connection.status).toBe('open')
  expect(Buffer.from(await ask(connection, ECHO, HELLO)).toString()).toBe('hello')
  await crosses(client, [server], 'and posts cross')
}

describe('one request, one answer', () => {
  it('comes back, also empty, also as large as it may be', async () => {
    const it = await scene()
    expect((await ask(it.connection, ECHO, new Uint8Array(0))).byteLength).toBe(0)
    expect((await ask(it.connection, ECHO, new Uint8Array(1_000))).byteLength).toBe(1_000)
    await livesOn(it)
  })

  it('runs over a circuit that its relay limits', async () => {
    const [relay, a, b] = await Promise.all([net.plainRelay(), net.node(), net.node()])
    await serve(a.components.registrar, ECHO, async (request) => request)
    await reserve(a, relay)
    const connection = await dialThrough(b, relay, a)
    expect(connection.limits).toBeDefined()
    expect((await ask(connection, ECHO, HELLO)).byteLength).toBe(5)
  })

  it('is refused where nobody serves it, and once serving ended', async () => {
    const [client, server] = await Promise.all([net.node(), net.node()])
    const connection = await connect(client, server)
    await expect(ask(connection, ECHO, HELLO)).rejects.toThrow()
    const end = await serve(server.components.registrar, ECHO, async (request) => request)
    await ask(connection, ECHO, HELLO)
    await end()
    await expect(ask(connection, ECHO, HELLO)).rejects.toThrow()
  })
})

describe('what breaks the rules is reset, and nothing else is', () => {
  it('a request that is too large', async () => {
    const it = await scene()
    await expect(ask(it.connection, { ...ECHO, maxBytes: 10_000 }, new Uint8Array(1_001))).rejects.toThrow()
    expect(it.served).toEqual([])
    await livesOn(it)
  })

  it('an answer that is too large', async () => {
    const it = await scene(ECHO, async (request) => request.byteLength === 1 ? new Uint8Array(5_000) : request)
    await expect(ask(it.connection, ECHO, new Uint8Array(1))).rejects.toThrow()
    await livesOn(it)
  })

  it('a length that is none, or that is never filled', async () => {
    const it = await scene()
    for (const bytes of [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), Uint8Array.of(100, 1, 2, 3)]) {
      const stream = await it.connection.newStream(ECHO.id)
      stream.send(bytes)
      await until(() => stream.status === 'reset', ECHO.deadline + 1_000, 'the stream is reset')
    }
    expect(it.served).toEqual([])
    await livesOn(it)
  })

  it('a request that is never made: after the deadline', async () => {
    const it = await scene()
    const stream = await it.connection.newStream(ECHO.id)
    // Streams are negotiated with their first bytes.
    stream.send(Uint8Array.of(5))
    const took = await until(() => stream.status === 'reset', ECHO.deadline + 1_000, 'the stream is reset')
    expect(took).toBeGreaterThan(ECHO.deadline / 2)
    await livesOn(it)
  })

  it('an answer that is never given: after the deadline, at both ends', async () => {
    let aborted = false
    const it = await scene(ECHO, async (request, signal) => {
      if (request.byteLength !== 1) return request
      await new Promise((resolve) => { signal.addEventListener('abort', resolve) })
      aborted = true
      throw new Error('too late')
    })
    const start = performance.now()
    await expect(ask(it.connection, ECHO, new Uint8Array(1))).rejects.toThrow()
    expect(performance.now() - start).toBeLessThan(ECHO.deadline + 1_000)
    await until(() => aborted, 1_000, 'who answers is told')
    await livesOn(it)
  })

  it('an answer that throws: the reason stays here', async () => {
    const it = await scene(ECHO, async (request) => {
      if (request.byteLength === 1) throw new Error('secret of ours')
      return request
    })
    const error: unknown = await ask(it.connection, ECHO, new Uint8Array(1)).catch((reason: unknown) => reason)
    expect(String(error)).not.toContain('secret')
    await livesOn(it)
  })

  it('more requests than the quota: of that peer alone', async () => {
    const few = { ...ECHO, perMinute: 3 }
    const { client, server, connection, served } = await scene(few)
    const other = await net.node()
    for (let count = 0; count < 3; count++) {
      await ask(connection, few, HELLO)
    }
    await expect(ask(connection, few, HELLO)).rejects.toThrow()
    // Another connection of the same peer does not count anew.
    await expect(ask(await client.libp2p.dial(server.address, { force: true }), few, HELLO)).rejects.toThrow()
    expect(served).toHaveLength(3)
    await ask(await connect(other, server), few, HELLO)
    await crosses(client, [server], 'and posts cross')
  })

  it('a second message on a stream is not read', async () => {
    const it = await scene()
    const stream = await it.connection.newStream(ECHO.id)
    const messages = lpStream(stream)
    await messages.write(HELLO)
    await messages.write(HELLO)
    expect((await messages.read()).byteLength).toBe(5)
    await pause(100)
    expect(it.served).toEqual([5])
    await livesOn(it)
  })
})
