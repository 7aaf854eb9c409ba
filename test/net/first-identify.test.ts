import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const IDENTIFY = '/ipfs/id/1.0.0'

let net: TestNet
beforeEach(() => { net = new TestNet() })
afterEach(async () => { await net.stop() })

// Without a second try nothing that A posts ever reached B: routers learn of peers from identify alone.
it('asks again where the first identify failed', async () => {
  const [a, b] = await Promise.all([net.node({ protocol: 'floodsub' }), net.node({ protocol: 'floodsub' })])
  const { handler, options } = b.components.registrar.getHandler(IDENTIFY)
  let failures = 0
  await b.components.registrar.handle(IDENTIFY, async (stream, connection) => {
    if (failures++ === 0) {
      stream.abort(new Error('too busy'))
      return
    }
    await handler(stream, connection)
  }, { ...options, force: true })

  // A push, which B sends when its addresses change, would mend it by chance.
  await a.components.registrar.unhandle('/ipfs/id/push/1.0.0')

  await a.libp2p.dial(b.address)
  await until(() => failures > 0, 5_000, 'the first identify to fail')
  await until(async () => {
    await a.pubsub.publish(TOPIC, new TextEncoder().encode('heard at last'))
    return b.inbox.length > 0
  }, 15_000, 'a post to arrive')
  expect(failures).toBeGreaterThan(1)
})
