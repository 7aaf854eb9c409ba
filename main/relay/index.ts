import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createRelayNode, ListenError } from '../node/relay/relay-node.ts'
import { StoreError } from '../store/errors.ts'
import { FlagError } from './flag-error.ts'
import { HELP, readFlags, type RelayFlags } from './flags.ts'
import { loadKey } from './key-file.ts'
import { keepHistory } from './history-keeper.ts'
import { chooseListen } from './listen.ts'
import { serveMetrics } from './metrics.ts'

/** Milliseconds after which the process ends, whatever has not closed by then. */
const CLOSE_WITHIN = 4_500

/** Runs until a signal comes; gives its exit code. */
async function run (flags: RelayFlags, signalled: Promise<string>): Promise<void> {
  const listen = await chooseListen(flags.listen)
  const privateKey = await loadKey(flags.data)
  const node = await createRelayNode({
    privateKey,
    listen,
    announce: flags.announce,
    maxReservations: flags.maxReservations,
    ...(flags.circuitBytes === undefined ? {} : { circuitBytes: flags.circuitBytes }),
    ...(flags.circuitSeconds === undefined ? {} : { circuitSeconds: flags.circuitSeconds }),
    ...(flags.hub ? {} : { hub: false })
  })
  const keeper = flags.history === undefined ? undefined : await keepHistory({ node, privateKey, folder: flags.data, ...flags.history })
  const metrics = flags.metrics === undefined ? undefined : await serveMetrics(node, flags.metrics, keeper)
  await node.start()
  say(flags, { event: 'listening', peerId: node.peerId, multiaddrs: node.multiaddrs }, node.multiaddrs)
  if (node.multiaddrs.every((address) => isPrivate(multiaddr(address)))) {
    hint(flags, 'All of these addresses are private: if people elsewhere are to use this relay, name its public address with --announce.')
  }
  if (keeper?.report.aside !== undefined) {
    hint(flags, `The history in the data directory could not be read (${keeper.report.aside.reason}); it was set aside as ${keeper.report.aside.name}, and a new one was begun.`)
  }
  const signal = await signalled
  say(flags, { event: 'closing', signal })
  setTimeout(() => process.exit(0), CLOSE_WITHIN).unref()
  await keeper?.close()
  await Promise.all([node.stop(), metrics?.close()])
}

function say (flags: RelayFlags, event: Readonly<Record<string, unknown>>, lines: readonly string[] = []): void {
  for (const line of flags.json ? [JSON.stringify(event)] : lines) {
    process.stdout.write(`${line}\n`)
  }
}

function hint (flags: RelayFlags, message: string): void {
  if (flags.json) {
    say(flags, { event: 'hint', message })
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
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) {
    process.stdout.write(HELP)
  } else {
    await run(flags, firstSignal())
  }
  process.exit(0)
} catch (error) {
  const told = error instanceof FlagError || error instanceof ListenError || error instanceof StoreError
  process.stderr.write(`${told ? error.message : `The relay could not be started: ${error instanceof Error ? error.message : String(error)}`}\n`)
  process.exit(told ? 2 : 1)
}
