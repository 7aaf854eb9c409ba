import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createRelayNode, ListenError } from '../node/relay/relay-node.ts'
import { StoreError } from '../store/errors.ts'
import { ConfigError } from './config/config-error.ts'
import { help } from './config/help.ts'
import { readConfig } from './config/read-config.ts'
import type { RelayConfig } from './config/types.ts'
import { loadKey } from './key-file.ts'
import { keepHistory } from './history-keeper.ts'
import { chooseListen } from './listen.ts'
import { serveMetrics } from './metrics.ts'
import { TlsError } from './tls/errors.ts'
import { openTls } from './tls/index.ts'

/** Milliseconds after which the process ends, whatever has not closed by then. */
const CLOSE_WITHIN = 4_500

/** Runs until a signal comes; gives its exit code. */
async function run (config: RelayConfig, signalled: Promise<string>): Promise<void> {
  const listen = await chooseListen(config.listen)
  const privateKey = await loadKey(config.data)
  const tls = config.tls === undefined ? undefined : await openTls(config.tls, (message) => { hint(config, message) })
  const node = await createRelayNode({
    privateKey,
    listen,
    announce: config.announce,
    maxReservations: config.limits.reservations,
    ...(config.limits.circuitBytes === undefined ? {} : { circuitBytes: config.limits.circuitBytes }),
    ...(config.limits.circuitSeconds === undefined ? {} : { circuitSeconds: config.limits.circuitSeconds }),
    limits: config.limits,
    ...(tls === undefined ? {} : { certificate: tls.certificate, certificateNames: tls.names }),
    ...(config.hub ? {} : { hub: false })
  })
  const keeper = config.history === undefined ? undefined : await keepHistory({ node, privateKey, folder: config.data, ...config.history })
  const metrics = config.metrics === undefined ? undefined : await serveMetrics(node, config.metrics, keeper)
  await node.start()
  tls?.start()
  say(config, { event: 'listening', peerId: node.peerId, multiaddrs: node.multiaddrs }, node.multiaddrs)
  if (node.multiaddrs.every((address) => isPrivate(multiaddr(address)))) {
    hint(config, 'All of these addresses are private: if people elsewhere are to use this relay, name its public address with --announce.')
  }
  if (keeper?.report.aside !== undefined) {
    hint(config, `The history in the data directory could not be read (${keeper.report.aside.reason}); it was set aside as ${keeper.report.aside.name}, and a new one was begun.`)
  }
  const signal = await signalled
  say(config, { event: 'closing', signal })
  setTimeout(() => process.exit(0), CLOSE_WITHIN).unref()
  await keeper?.close()
  await Promise.all([node.stop(), metrics?.close(), tls?.close()])
}

function say (config: RelayConfig, event: Readonly<Record<string, unknown>>, lines: readonly string[] = []): void {
  for (const line of config.json ? [JSON.stringify(event)] : lines) {
    process.stdout.write(`${line}\n`)
  }
}

function hint (config: RelayConfig, message: string): void {
  if (config.json) {
    say(config, { event: 'hint', message })
  } else {
    process.stderr.write(`${message}\n`)
  }
}

/** The first signal; the second ends the process at once. */
async function firstSignal (): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) {
          process.exit(1)
        }
        asked = true
        resolve(signal)
      })
    }
  })
}

// Who reads our output may go first.
process.stdout.on('error', () => {})
// A stream that a peer resets at the wrong moment must not end the relay for everybody. The name alone: a message may quote the peer.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`An error was not handled: ${error instanceof Error ? error.name : typeof error}.\n`)
})

try {
  const { mode, config } = readConfig(process.argv.slice(2), process.env)
  if (mode === 'help') {
    process.stdout.write(help())
  } else if (mode === 'check') {
    process.stdout.write('Nothing is wrong with the configuration.\n')
  } else {
    await run(config, firstSignal())
  }
  process.exit(0)
} catch (error) {
  const told = error instanceof ConfigError || error instanceof ListenError || error instanceof TlsError || error instanceof StoreError
  process.stderr.write(`${told ? error.message : `The relay could not be started: ${error instanceof Error ? error.message : String(error)}`}\n`)
  process.exit(told ? 2 : 1)
}
