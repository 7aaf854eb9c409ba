import process from 'node:process'
import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Registrar } from '@libp2p/interface-internal'
import { setWallClock } from '../../support/wall-clock.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { createRelayNode } from '../../../main/node/relay/relay-node.ts'
import { TestNet } from './test-net.ts'

// A relay in a process of its own, with a clock of its own: see wrong-clock-relay.ts, which starts it.

/** How the relay is made. */
export interface RelayProcessOptions {
  /** `plain`: libp2p's own, which does not tell its time. */
  readonly kind: 'natter' | 'plain'
  /** Milliseconds that a reservation lasts. */
  readonly ttl: number
  /** Milliseconds by which the clock is off. */
  readonly clock: number
}

/** How it stands with the relay. */
export interface RelayState {
  readonly address: string
  /** Reservations that it gave or renewed, and those that it holds now. */
  readonly given: number
  readonly held: number
}

const { kind, ttl, clock } = JSON.parse(process.argv[2] ?? '') as RelayProcessOptions
setWallClock(clock)
let given = 0

/** Nobody dials through this relay: whoever asks it for something asks for a reservation. */
async function countReservations (registrar: Pick<Registrar, 'getHandler' | 'handle'>): Promise<void> {
  const { handler, options } = registrar.getHandler(RELAY_V2_HOP_CODEC)
  await registrar.handle(RELAY_V2_HOP_CODEC, async (stream, connection) => {
    given++
    await handler(stream, connection)
  }, { ...options, force: true })
}

async function startNatter (): Promise<() => RelayState> {
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'], reservationTtl: ttl })
  await relay.start()
  await countReservations(relay.components.registrar)
  return () => ({ address: relay.multiaddrs[0] ?? '', given, held: relay.stats.relay.reservations })
}

async function startPlain (): Promise<() => RelayState> {
  const { libp2p, address } = await new TestNet().plainRelay({ reservations: { reservationTtl: ttl } })
  await countReservations((libp2p as unknown as { readonly components: { readonly registrar: Registrar } }).components.registrar)
  return () => ({ address: address.toString(), given, held: libp2p.services.relay.reservations.size })
}

const state = kind === 'natter' ? await startNatter() : await startPlain()
// A number sets the clock; anything else asks how it stands.
process.on('message', (question: unknown) => {
  if (typeof question === 'number') setWallClock(question)
  process.send?.(state())
})
process.on('disconnect', () => { process.exit(0) })
process.send?.(state())
