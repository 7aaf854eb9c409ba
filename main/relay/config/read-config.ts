import * as v from 'valibot'
import { ConfigError } from './config-error.ts'
import { DEFAULTS, entries, KEYS, type KeyName } from './keys.ts'
import { readEnvironment, readFlags, type Mode, type Source } from './sources.ts'
import { readFile } from './toml.ts'
import type { RelayConfig, TlsConfig } from './types.ts'

/** What the relay was told. */
export interface ToldConfig {
  readonly mode: Mode
  readonly config: RelayConfig
  /** The same as it was said, by key: what nobody said is left out. */
  readonly values: Readonly<Partial<Record<KeyName, unknown>>>
}

/** Mistakes that are told at once: a wrong file may hold one in each line. */
const MAX_PROBLEMS = 50

type Output<K> = K extends { readonly list: true, readonly schema: infer S extends v.GenericSchema } ? readonly v.InferOutput<S>[]
  : K extends { readonly schema: infer S extends v.GenericSchema } ? v.InferOutput<S> : never
/** What was said and is right; undefined where nothing was. */
type Values = { readonly [K in KeyName]?: Output<typeof KEYS[K]> }

/**
 * Reads flags, environment and file, and checks all of it at once.
 *
 * @throws {ConfigError} with every mistake, each with where it stands
 */
export function readConfig (args: readonly string[], environment: NodeJS.ProcessEnv): ToldConfig {
  const flags = readFlags(args)
  const variables = readEnvironment(environment)
  const file = flags.file ?? variables.file
  if (flags.mode === 'help') {
    return { mode: 'help', config: build({}), values: {} }
  }
  const problems: string[] = []
  // What counts most comes last.
  const sources = [file === undefined ? undefined : tryFile(file), variables, flags].filter((source) => source !== undefined)
  const values: Record<string, unknown> = {}
  const origins = new Map<KeyName, string>()
  for (const source of sources) {
    problems.push(...source.problems)
    for (const [name, key] of entries()) {
      const raws = source.said.get(name)
      if (raws === undefined) continue
      const read = raws.map(({ value, origin }) => {
        const result = v.safeParse(key.schema, value)
        if (!result.success) problems.push(`${origin}: ${result.issues[0].message}`)
        return result.output
      })
      values[name] = key.list === true ? [...new Set(read)] : read[0]
      origins.set(name, raws[0]?.origin ?? KEYS[name].path)
    }
  }
  problems.push(...together(values, (name) => origins.get(name) ?? KEYS[name].path, problems.length === 0))
  if (problems.length > 0) {
    const more = problems.length - MAX_PROBLEMS
    throw new ConfigError(more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `There are ${more} more mistakes.`] : problems)
  }
  return { mode: flags.mode, config: build(values), values }
}

function tryFile (path: string): Source {
  try {
    return readFile(path)
  } catch (error) {
    if (error instanceof ConfigError) {
      return { said: new Map(), problems: error.problems }
    }
    throw error
  }
}

/** What is right alone and wrong beside the rest. What is missing is asked for only where nothing else is wrong: the mistake may be there. */
function together (values: Values, at: (name: KeyName) => string, isRest: boolean): string[] {
  const problems: string[] = []
  const has = (name: KeyName): boolean => values[name] !== undefined
  const acme = (['acmeDomains', 'acmeEmail', 'acmeDirectory', 'acmePort', 'acmeCa'] as const).find(has)
  const files = (['tlsCert', 'tlsKey'] as const).find(has)
  const secure = values.listen?.find((address) => /\/(?:wss|tls\/ws)$/u.test(address))
  if (has('keepHistory') && values.hub === false) problems.push(`${at('keepHistory')}: History needs a hub: leave ${at('hub')} out.`)
  if (acme !== undefined && files !== undefined) problems.push(`${at(acme)}: A certificate comes from files or by ACME, and ${at(files)} names files already.`)
  if (!isRest || problems.length > 0) return problems
  if (has('maxHistoryBytes') && !has('keepHistory')) problems.push(`${at('maxHistoryBytes')}: This needs keep-history, which says for how long posts are kept.`)
  if (has('metricsNames') && !has('metrics')) problems.push(`${at('metricsNames')}: This needs metrics, which says where they are served.`)
  if (files !== undefined && has('tlsCert') !== has('tlsKey')) problems.push(`${at(files)}: A certificate and its key come together: ${has('tlsCert') ? 'the key' : 'the certificate'} is missing.`)
  if (acme !== undefined && (values.acmeDomains ?? []).length === 0) problems.push(`${at(acme)}: ACME needs a name to get a certificate for, in acme-domains.`)
  if (secure !== undefined && acme === undefined && files === undefined) problems.push(`${at('listen')}: '${secure}' needs a certificate: name its files, or a domain for ACME.`)
  if (secure === undefined && (acme ?? files) !== undefined) problems.push(`${at(acme ?? files ?? 'tlsCert')}: Nothing listens with /tls/ws, which the certificate would be for.`)
  return problems
}

function build (values: Values): RelayConfig {
  const { limits } = DEFAULTS
  return {
    data: values.data ?? DEFAULTS.data,
    listen: values.listen ?? [],
    announce: values.announce ?? [],
    hub: values.hub ?? true,
    history: values.keepHistory === undefined ? undefined : { days: values.keepHistory, maxBytes: Math.floor(values.maxHistoryBytes ?? DEFAULTS.historyBytes) },
    metrics: values.metrics === undefined ? undefined : { ...values.metrics, names: values.metricsNames ?? [] },
    tls: tlsOf(values),
    limits: {
      reservations: values.reservations ?? limits.reservations,
      reservationsPerAddress: values.reservationsPerAddress ?? limits.reservationsPerAddress,
      connectionsPerAddress: values.connectionsPerAddress ?? limits.connectionsPerAddress,
      circuitsPerPeer: values.circuitsPerPeer ?? limits.circuitsPerPeer,
      circuitsPerAddress: values.circuitsPerAddress ?? limits.circuitsPerAddress,
      circuitBytes: values.circuitBytes,
      circuitSeconds: values.circuitSeconds
    },
    allow: values.allow,
    ban: { peers: values.banPeers ?? [], addresses: values.banAddresses ?? [] },
    drainSeconds: values.drainSeconds ?? DEFAULTS.drainSeconds,
    community: values.community ?? [],
    json: values.json ?? false
  }
}

function tlsOf (values: Values): TlsConfig | undefined {
  if (values.tlsCert !== undefined && values.tlsKey !== undefined) {
    return { kind: 'files', cert: values.tlsCert, key: values.tlsKey }
  }
  if (values.acmeDomains === undefined) {
    return undefined
  }
  return {
    kind: 'acme',
    domains: values.acmeDomains,
    email: values.acmeEmail,
    directory: values.acmeDirectory ?? DEFAULTS.acmeDirectory,
    challengePort: values.acmePort ?? DEFAULTS.acmePort,
    ca: values.acmeCa
  }
}
