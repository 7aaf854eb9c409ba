import { createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { checkHealth, HealthWatch } from '../../../main/relay/health.ts'
import { pause, until } from '../../net/support/until.ts'

const ends: (() => void)[] = []
afterEach(() => { for (const end of ends.splice(0)) end() })

function watch (node: { readonly multiaddrs?: readonly string[], readonly isDraining?: boolean } = {}, window?: number): HealthWatch {
  const watch = new HealthWatch({ peerId: 'peer', multiaddrs: ['/ip4/127.0.0.1/tcp/1'], isDraining: false, stats: { relay: { reservations: 3 } } as never, ...node }, { window })
  ends.push(() => { watch.stop() })
  return watch
}

it('a relay is well once it listens, and no longer when it drains', () => {
  expect(watch().health).toMatchObject({ status: 'ok', peerId: 'peer', reservations: 3 })
  expect(watch({ multiaddrs: [] }).health.status).toBe('starting')
  expect(watch({ isDraining: true }).health.status).toBe('draining')
})

it('a program that was stuck says so for a while, and then no more', async () => {
  const { health: before } = watch()
  expect(before.status).toBe('ok')
  // Long enough that a busy machine does not let two of them pass before the look below.
  const seen = watch({}, 1_000)
  await pause(50)
  const end = performance.now() + 2_100
  while (performance.now() < end) { /* what a hang looks like from inside */ }
  await pause(30)
  expect(seen.health.status).toBe('stuck')
  expect(seen.health.delay).toBeGreaterThan(2_000)
  await until(() => seen.health.status === 'ok', 5_000, 'it is forgotten')
})

it('a check says in a sentence what it found', async () => {
  expect((await checkHealth({ metrics: undefined })).words).toContain('--metrics')
  const server = createServer((socket) => { socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno') }).listen(0, '127.0.0.1')
  ends.push(() => { server.close() })
  await until(() => server.listening, 2_000, 'it listens')
  const { port } = server.address() as AddressInfo
  expect(await checkHealth({ metrics: { host: '0.0.0.0', port } })).toEqual({ isWell: false, words: 'no' })
  server.close()
  await until(async () => (await checkHealth({ metrics: { host: '127.0.0.1', port } })).words === `No relay answers at 127.0.0.1:${port}.`, 2_000, 'it is gone')
})
