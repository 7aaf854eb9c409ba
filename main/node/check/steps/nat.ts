import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import { finding } from '../finding.ts'
import type { RelayProbe } from '../relay-probe.ts'
import type { Step } from '../types.ts'

/** What kind of NAT is between: how relays see connections that left from one port. */
export const natStep: Step = {
  id: 'nat',
  title: 'What kind of router (NAT) is in between?',
  run: async ({ probes }) => judgeNat(await probes)
}

/** One connection: where it left, and where it was seen to come from. */
interface Mapping { readonly relay: string, readonly host: string, readonly port: number, readonly seenHost: string, readonly seenPort: number }

/** Tells the kind of NAT from what relays saw. */
export function judgeNat (probes: readonly RelayProbe[]): ReturnType<typeof finding> {
  if (probes.some(({ proxy }) => proxy !== undefined)) return finding('unknown', 'A proxy is in between: relays see it, and not the router.')
  const mappings = probes.flatMap(mappingOf)
  const [first] = mappings
  if (first === undefined) return finding('unknown', 'No relay could say where it sees you.')
  const evidence = mappings.map(({ relay, host, port, seenHost, seenPort }) => `Relay ${relay} sees ${hostAndPort(host, port)} as ${hostAndPort(seenHost, seenPort)}.`)
  if (mappings.every(({ host, seenHost, port, seenPort }) => host === seenHost && port === seenPort)) {
    return finding('good', 'None: relays see the address that this computer has itself.', '', evidence)
  }
  // IPv4 and IPv6 go different ways, and so may connections from another port.
  const groups = Map.groupBy(mappings, ({ host, port }) => hostAndPort(host, port))
  const compared = [...groups.values()].filter((group) => group.length > 1)
  if (compared.some((group) => new Set(group.map(({ seenHost, seenPort }) => hostAndPort(seenHost, seenPort))).size > 1)) {
    return finding('warn', 'The router in between gives each connection another address or port (a symmetric NAT), so that nobody outside can know beforehand where you will come from.', 'Direct connections through it do not come about; a relay carries what you say. Nothing else is wrong.', evidence)
  }
  const keeps = mappings.every(({ port, seenPort }) => port === seenPort)
  if (compared.length === 0) {
    return keeps
      ? finding('good', 'It keeps the port that a connection leaves from, as far as one relay can tell.', 'With two relays this can be told for sure.', evidence)
      : finding('unknown', 'It changes the port of connections. Whether it does so for each place anew, one relay alone cannot tell.', 'Add a second relay, and check again.', evidence)
  }
  return finding('good', `It shows you to every place under the same address and port${keeps ? ', and keeps the port' : ''}: direct connections to others can come about.`, '', evidence)
}

function mappingOf ({ peerId, from, seenAs }: RelayProbe): readonly Mapping[] {
  if (from === undefined || seenAs === undefined || !isNetworkAddress(seenAs)) return []
  const { host, port } = getNetConfig(seenAs)
  return port === undefined ? [] : [{ relay: peerId, host: from.host, port: from.port, seenHost: host, seenPort: port }]
}

function hostAndPort (host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`
}
