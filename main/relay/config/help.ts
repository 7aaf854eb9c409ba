import { entries, type Key } from './keys.ts'

/** Characters before what a flag means. */
const INDENT = 27

const OWN: readonly Pick<Key, 'flag' | 'argument' | 'help'>[] = [
  { flag: 'config', argument: 'FILE', help: ['read a TOML file; flags and environment go before it'] },
  { flag: 'check', help: ['say what is wrong with all that it is told, and end'] },
  { flag: 'health-check', help: ['ask the relay that runs with this configuration how', 'it is, at its --metrics; exit code 0: well'] },
  { flag: 'help', help: ['print this'] }
]

/** What `--help` prints. */
export function help (): string {
  const keys = entries().map(([, key]) => key)
  const part = (belongs: (key: Key) => boolean): string => keys.filter(belongs).map(line).join('')
  const isIn = (section: string) => ({ path }: Key) => path.startsWith(`${section}.`)
  const isAccess = (key: Key): boolean => key.path === 'allow' || isIn('ban')(key)
  const isLimit = isIn('limits')
  const isTls = isIn('tls')
  return `Usage: natter-relay [flags]        (npm run relay -- [flags] in a checkout)

Runs a Natter relay: people behind firewalls reach each other through it.

${part((key) => !isAccess(key) && !isLimit(key) && !isTls(key))}
Secure WebSocket, for people whose firewall lets out HTTPS alone: listen on
/ip4/0.0.0.0/tcp/443/tls/ws, with a certificate from files or by ACME
${part(isTls)}
Limits
${part(isLimit)}
Who is served
${part(isAccess)}
Configuration
${OWN.map(line).join('')}
Each flag can be a variable, in capitals: NATTER_RELAY_MAX_RESERVATIONS for
--max-reservations, NATTER_RELAY_HUB=false for --no-hub; several values with
commas between. And a line of the file:

${FILE}
It prints the addresses to be given to people, one a line. SIGHUP has it read
the file again. SIGTERM and SIGINT end it: it tells its people to move to another
relay first, and a second signal ends it at once. Exit code 2: it was told
something that cannot be done.
`
}

const FILE = `  listen = ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001"]
  keep-history = "30d"
  [limits]
  reservations = 500
  [ban]
  addresses = ["192.0.2.0/24"]
`

function line ({ flag, argument, help: lines }: Pick<Key, 'flag' | 'argument' | 'help'>): string {
  const head = `  --${flag}${argument === undefined ? '' : ` ${argument}`}`
  const rest = head.length < INDENT ? [head.padEnd(INDENT) + (lines[0] ?? ''), ...lines.slice(1).map(indent)] : [head, ...lines.map(indent)]
  return `${rest.join('\n')}\n`
}

function indent (text: string): string {
  return ' '.repeat(INDENT) + text
}
