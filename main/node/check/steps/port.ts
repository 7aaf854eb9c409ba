import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import { CHECK_LIMITS } from '../../limits.ts'
import { isRefused } from '../../reachability/words.ts'
import { finding } from '../finding.ts'
import type { RelayProbe } from '../relay-probe.ts'
import type { Facts, Step } from '../types.ts'

/** The port of web pages: networks that let out little let this out. */
const HTTPS = 443

/**
 * Whether this network lets out web pages alone. Told by a relay to whose own
 * port nothing comes through, while port 443 of a relay answers, were it by a
 * refusal: a refusal comes from the machine itself.
 */
export const portStep: Step = {
  id: 'port',
  title: 'Does this network let connections out?',
  run: async (facts) => {
    const all = await facts.probes
    if (all.length === 0) return finding('unknown', 'Without a relay there is nowhere to try.')
    const open = all.filter(reached)
    const shut = all.filter((probe) => !reached(probe) && probe.failure?.refused !== true && portOf(probe.address) !== undefined)
    if (shut.length === 0) {
      return open.length > 0
        ? finding('good', `Connections leave this network, to ${portWords(open)}.`)
        : finding('good', 'Connections leave this network: the machines that were tried refuse them themselves.')
    }
    const ways = await Promise.all(shut.map(async (probe) => ({ probe, way: await tryHttps(probe.address, facts) })))
    const others = shut.filter(({ address }) => portOf(address) !== HTTPS)
    const passes = ways.filter(({ way }) => way !== 'nothing').map(({ probe, way }) => `Port 443 of ${hostOf(probe.address)} ${way === 'connected' ? 'answers' : 'refuses, which it can only do when asked'}; its port ${String(portOf(probe.address))} stays silent.`)
    const httpsOpen = open.filter(({ address }) => portOf(address) === HTTPS).map(({ address }) => `Port 443 of ${hostOf(address)} answers.`)
    const silent = others.map(({ address }) => `Port ${String(portOf(address))} of ${hostOf(address)} stays silent.`)
    const elsewhere = open.some(({ address }) => portOf(address) !== HTTPS)
    if (others.length > 0 && !elsewhere && passes.length + httpsOpen.length > 0) {
      return finding('bad', `This network lets connections out to port 443, that of web pages, and not to ${portWords(others)}.`, 'Add a relay that listens on port 443: its address holds /tcp/443. Where the network has an HTTP proxy, name it in Settings, under Network.', [...passes, ...httpsOpen, ...silent])
    }
    if (open.length > 0) return finding('good', `Connections leave this network, to ${portWords(open)}.`, '', silent)
    return finding('unknown', 'Nothing came back, from port 443 neither: this network lets nothing out, or the machines are off.', 'Open a web page. If that fails too, it is the network; if not, ask whoever runs the relay.', silent)
  }
}

function reached ({ steps }: RelayProbe): boolean {
  return steps.some(({ step }) => step === 'tcp')
}

async function tryHttps (address: Multiaddr, { context, signal }: Facts): Promise<'connected' | 'refused' | 'nothing'> {
  if (portOf(address) === HTTPS) return 'nothing'
  const [host] = address.getComponents()
  if (host?.value === undefined) return 'nothing'
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMITS.port)])
  try {
    const socket = await context.node.outbound.connect(multiaddr(`/${host.name}/${host.value}/tcp/${String(HTTPS)}`), bounded)
    socket.on('error', () => {})
    socket.destroy()
    return 'connected'
  } catch (error) {
    return isRefused(error) ? 'refused' : 'nothing'
  }
}

function portOf (address: Multiaddr): number | undefined {
  return isNetworkAddress(address) ? getNetConfig(address).port : undefined
}

function hostOf (address: Multiaddr): string {
  return getNetConfig(address).host
}

function portWords (probes: readonly RelayProbe[]): string {
  const ports = [...new Set(probes.map(({ address }) => portOf(address)).filter((port) => port !== undefined))]
  return ports.length === 1 ? `port ${String(ports[0])}` : `ports ${ports.join(' and ')}`
}
