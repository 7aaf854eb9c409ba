import { once } from 'node:events'
import { Agent, createServer, get, request, type IncomingHttpHeaders } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { boundHttp } from '../../../main/relay/http/bounded-http.ts'
import { ChallengeServer } from '../../../main/relay/tls/challenge-server.ts'
import { serveWeb, type Web } from '../../../main/relay/web.ts'
import { until } from '../../net/support/until.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

const node = { peerId: 'peer', multiaddrs: ['/ip4/127.0.0.1/tcp/1'], isDraining: false, community: [], stats: { connections: 0, relay: { reservations: 3, circuits: 0, circuitBytes: 0, refused: {} }, dialBack: {} } }

async function serve (names: readonly string[] = [], host = '127.0.0.1'): Promise<Web> {
  const web = await serveWeb(node as never, { host, port: 0, names })
  ends.push(web.close)
  return web
}

/** The same bounds with 300 ms in place of 5 s, and answers that fill any buffer. */
async function serveImpatiently (): Promise<number> {
  const server = createServer((_request, response) => { response.end(Buffer.alloc(65_536)) })
  boundHttp(server, { all: 32, perAddress: 16, patience: 300 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => { server.closeAllConnections(); server.close() })
  return (server.address() as AddressInfo).port
}

/** Status of an answer, by a connection of its own. */
async function ask (port: number, path: string, headers: IncomingHttpHeaders = {}, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host, port, path, headers, agent: false, setHost: headers.host === undefined }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

/** What a request in so many words is answered. */
async function say (port: number, words: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  ends.push(() => { socket.destroy() })
  let heard = ''
  socket.on('data', (chunk: Buffer) => { heard += chunk.toString('latin1') }).on('error', () => {})
  socket.write(words)
  await until(() => heard.includes('\r\n'), 5_000, 'it answers')
  return heard
}

/** Connections that begin a request and never end it. */
async function holdOpen (port: number, count: number, from: (n: number) => string, beginning = 'GET /health HT'): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, (_, n) => connect({ port, host: '127.0.0.1', localAddress: from(n) }).on('error', () => {}).resume())
  ends.push(() => { for (const socket of sockets) socket.destroy() })
  // Some are closed at once for those after them.
  await Promise.all(sockets.map(async (socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])))
  for (const socket of sockets) socket.write(beginning)
  return sockets
}

describe('the host that a request names', () => {
  it.each(['127.0.0.1', '127.0.0.1:9464', 'localhost', 'LOCALHOST:80', 'localhost.:9464', '192.0.2.7', '[::1]', '[::1]:9464', '[2001:db8::7]:1', '10.0.0.1:'.slice(0, -1)])('is answered as %s', async (host) => {
    const { port } = await serve()
    expect([await ask(port, '/health', { host }), await ask(port, '/metrics', { host })]).toEqual([200, 200])
  })

  it.each([
    'rebound.example', 'rebound.example:9464', 'localhost.rebound.example', '127.0.0.1.rebound.example', 'notlocalhost', 'localhost@rebound.example', 'user@127.0.0.1', '::1',
    '[rebound.example]', '[127.0.0.1]', '0x7f.1', '2130706433', '127.0.0.1:port', '127.0.0.1 rebound.example', '127.0.0.1,rebound.example', 'localhost/rebound.example', 'localhost:80:80', ''
  ])('is refused as "%s", on every path', async (host) => {
    const { port } = await serve()
    expect([await ask(port, '/health', { host }), await ask(port, '/metrics', { host }), await ask(port, '/', { host })]).toEqual([421, 421, 421])
  })

  it('is answered by the names that the relay was told, and its own', async () => {
    const { port } = await serve(['relay', 'relay.example.org'], 'localhost')
    const asked = ['relay', 'Relay:9464', 'relay.example.org', 'RELAY.example.org.:80', 'other.example.org', 'xrelay']
    expect(await Promise.all(asked.map(async (host) => ask(port, '/metrics', { host }, 'localhost')))).toEqual([200, 200, 200, 200, 421, 421])
  })

  it('is refused in any other place than the header too, and missing only where HTTP has none', async () => {
    const { port } = await serve()
    expect(await say(port, 'GET http://rebound.example/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /)
    expect(await say(port, 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: rebound.example\r\n\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await say(port, 'GET /health HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await say(port, 'GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('while others hold connections open', () => {
  it.each([
    ['32 unfinished requests of one address', 32, () => '127.0.0.1'],
    ['200 of one address', 200, () => '127.0.0.1'],
    ['200 of 50 addresses', 200, (n: number) => `127.0.1.${String(1 + n % 50)}`]
  ])('a scraper gets through %s', async (_, count, from) => {
    const { port } = await serve()
    const held = await holdOpen(port, count, from)
    for (let times = 0; times < 5; times++) expect([await ask(port, '/health'), await ask(port, '/metrics')]).toEqual([200, 200])
    expect(held.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(32)
  })

  it.each([
    ['silence', ''], ['half a line', 'GET /he'], ['headers without end', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: '], ['a body that never comes', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n']
  ])('%s is cut off', async (_, beginning) => {
    const held = await holdOpen(await serveImpatiently(), 3, () => '127.0.0.1', beginning)
    await until(() => held.every(({ closed }) => closed), 5_000, 'they are closed')
  })

  it('a certificate authority gets its answer too', async () => {
    // The class takes a port, and answers at it alone.
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => { free.close(resolve) })
    const challenges = new ChallengeServer(port)
    ends.push(async () => challenges.close())
    await challenges.add('token', 'answer')
    await holdOpen(port, 100, (n) => `127.0.2.${String(1 + n % 9)}`, 'GET /.well-known/acme')
    expect(await ask(port, '/.well-known/acme-challenge/token')).toBe(200)
  })

  it('a connection is used again', async () => {
    const { port } = await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    ends.push(() => { agent.destroy() })
    const ports = new Set<number | undefined>()
    for (let times = 0; times < 3; times++) {
      await new Promise<void>((resolve, reject) => {
        const asked = request({ port, host: '127.0.0.1', path: '/metrics', agent }, (response) => {
          ports.add(asked.socket?.localPort)
          response.resume().on('end', resolve)
        }).on('error', reject)
        asked.end()
      })
    }
    expect(ports.size).toBe(1)
  })

  it('a peer that never reads its answers is cut off as well', async () => {
    const socket = connect({ port: await serveImpatiently(), host: '127.0.0.1' }).on('error', () => {}).pause()
    ends.push(() => { socket.destroy() })
    let open = true
    socket.on('close', () => { open = false })
    socket.write('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(2_000))
    // The end is seen at the next write: nothing is read here.
    await until(() => { socket.write('G'); return !open }, 5_000, 'it is closed')
  })
})
