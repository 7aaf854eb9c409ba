import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createRelayNode, type RelayNode } from '../node/relay/relay-node.ts'
import { mendFiles } from '../settings/own-modes.ts'
import { communityOf } from './community.ts'
import type { ToldConfig } from './config/read-config.ts'
import { keepHistory } from './history-keeper.ts'
import { HISTORY_WORDS } from './history-saving.ts'
import { loadKey } from './key-file.ts'
import { chooseListen } from './listen.ts'
import { createOutput, type Output } from './output.ts'
import { reportRefusals } from './refused.ts'
import { reload, rulesOf } from './reload.ts'
import { askForStopTime } from './stop-time.ts'
import { TlsError } from './tls/errors.ts'
import { openTls, type RelayTls } from './tls/index.ts'
import { serveWeb } from './web.ts'

/** Milliseconds after which the process ends, whatever has not closed by then. */
const CLOSE_WITHIN = 4_500

/** What {@link run} is told besides its configuration. */
export interface RunOptions {
  /** Reads the configuration again. */
  readonly read: () => ToldConfig
  /** The signal that ends the relay. */
  readonly signalled: Promise<string>
}

/** Runs a relay until a signal comes. */
export async function run (told: ToldConfig, { read, signalled }: RunOptions): Promise<void> {
  const { config } = told
  const output = createOutput(config.json)
  const listen = await chooseListen(config.listen)
  const privateKey = await loadKey(config.data)
  const tls = config.tls === undefined ? undefined : await openTls(config.tls, config.data, output.hint)
  const node = await createRelayNode({
    privateKey,
    listen,
    announce: config.announce,
    ...rulesOf(config),
    ...(tls === undefined ? {} : { certificate: tls.certificate, certificateNames: tls.names }),
    ...(config.hub ? {} : { hub: false }),
    community: communityOf(config.community)
  })
  const keeper = config.history === undefined ? undefined : await keepHistory({
    node,
    privateKey,
    folder: config.data,
    ...config.history,
    onState: (state) => { output.warn({ event: 'history', state }, HISTORY_WORDS[state]) }
  })
  const web = config.metrics === undefined ? undefined : await serveWeb(node, config.metrics, keeper)
  await node.start()
  tls?.start()
  // Earlier versions made a history that others may read, where their folder lets them.
  void mendFiles(config.data, (name) => /^(?:identity\.key|history[\w-]*\.db)/u.test(name))
  output.say({ event: 'listening', peerId: node.peerId, multiaddrs: node.multiaddrs }, node.multiaddrs)
  if (node.multiaddrs.every((address) => isPrivate(multiaddr(address)))) {
    output.hint('All of these addresses are private: if people elsewhere are to use this relay, name its public address with --announce.')
  }
  if (keeper?.report.aside !== undefined) {
    output.hint(`The history in the data directory could not be read (${keeper.report.aside.reason}); it was set aside as ${keeper.report.aside.name}, and a new one was begun.`)
  }
  const refused = config.json ? reportRefusals(() => node.stats.relay.refused, output) : undefined
  const running = reloadOnHangUp(told, read, node, tls, output)
  const signal = await signalled
  await drain(node, running().config.drainSeconds, signal, output)
  output.say({ event: 'closing', signal })
  setTimeout(() => process.exit(0), CLOSE_WITHIN).unref()
  refused?.()
  await keeper?.close()
  await Promise.all([node.stop(), web?.close(), tls?.close()])
}

/** Where nobody holds a place there is nobody to wait for. */
async function drain (node: RelayNode, seconds: number, signal: string, { say, hint }: Output): Promise<void> {
  const { reservations } = node.stats.relay
  if (reservations > 0 && seconds > 0) {
    askForStopTime(seconds)
    say({ event: 'draining', signal, reservations, seconds })
    hint(`Tells ${reservations === 1 ? '1 client' : `${reservations} clients`} to move to another relay, and waits ${seconds} s at most; a second signal ends it at once.`)
    await node.drain(seconds)
  }
}

/** @returns what the relay runs with at the moment */
function reloadOnHangUp (told: ToldConfig, read: () => ToldConfig, node: RelayNode, tls: RelayTls | undefined, output: Output): () => ToldConfig {
  let running = told
  process.on('SIGHUP', () => {
    const next = reload(running, read, output)
    if (next !== running) {
      const isNewCommunity = next.config.community.join() !== running.config.community.join()
      running = next
      node.setRules(rulesOf(next.config))
      if (isNewCommunity) {
        node.setCommunity(communityOf(next.config.community)).catch(() => { output.hint('The community could not be changed; a restart does it.') })
      }
    }
    tls?.reload(running.config.tls).catch((error: unknown) => { output.hint(error instanceof TlsError ? error.message : 'The certificate could not be read again.') })
  })
  return () => running
}
