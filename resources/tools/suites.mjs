// The list of test suites, in the order in which `npm test` runs them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { findGo } from './go.mjs'
import { root } from './paths.mjs'

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {'fast' | 'slow'} tier `npm test -- fast` runs the fast ones
 * @property {readonly string[]} command a script of node_modules/.bin and its arguments
 * @property {string} [folder] holds the suite's tests
 * @property {boolean} [needsDisplay]
 * @property {boolean} [apart] runs in a network namespace of its own where that is possible: its apps look around by mDNS
 * @property {() => string | undefined} [whyNot] why this machine cannot run it
 */

/** @param {string} name @param {Suite['tier']} tier @param {Partial<Suite>} [more] @returns {Suite} */
function vitest(name, tier, more) {
  return { name, tier, command: ['vitest', 'run', '--project', name], folder: `test/${name}`, ...more }
}

/** @type {readonly Suite[]} */
export const suites = [
  { name: 'lint', tier: 'fast', command: ['eslint', '--max-warnings', '0', '--concurrency', 'auto', '.'] },
  { name: 'types', tier: 'fast', command: ['tsc', '--project', 'tsconfig.json'] },
  { name: 'svelte', tier: 'fast', command: ['svelte-check', '--tsconfig', 'tsconfig.json', '--fail-on-warnings'] },
  { name: 'deps', tier: 'fast', command: ['depcruise', '--output-type', 'err-long', 'main', 'preload', 'renderer', 'text', 'words', 'test', 'resources/tools'] },
  vitest('rules', 'fast'),
  vitest('unit', 'fast'),
  vitest('contract', 'fast'),
  vitest('net', 'slow'),
  vitest('soak', 'slow', { folder: 'test/net/soak' }),
  vitest('interop', 'slow', { whyNot: whyNoGo }),
  vitest('relay', 'slow', { whyNot: whyNoProc }),
  vitest('hostile', 'slow', { needsDisplay: true, apart: true, whyNot: () => whyNoProc() ?? whyNoDisplay() }),
  vitest('fuzz', 'slow'),
  vitest('e2e', 'slow', { needsDisplay: true, apart: true, whyNot: whyNoDisplay }),
  vitest('nat', 'slow', { needsDisplay: true, whyNot: () => whyNoNat() ?? whyNoDisplay() }),
  vitest('system', 'slow', { needsDisplay: true, apart: true, whyNot: () => whyNoDesktop() ?? whyNoDisplay() }),
  vitest('package', 'slow', { needsDisplay: true, whyNot: () => whyNoPackages() ?? whyNoDisplay() }),
  vitest('package-relay', 'slow', { folder: 'test/package/relay', whyNot: () => whyNoPackages(relayPackagers) })
]

/** The suites that these words pick; for no word all. @param {readonly string[]} words @returns {Suite[]} */
export function pickSuites(words) {
  const unknown = words.filter((word) => !suites.some(({ name, tier }) => word === name || word === tier))
  if (unknown.length > 0) {
    throw new Error(`there is no suite "${unknown.join('", "')}"; there are fast, slow, ${suites.map(({ name }) => name).join(', ')}.`)
  }
  return suites.filter(({ name, tier }) => words.length === 0 || words.includes(name) || words.includes(tier))
}

/** Why a suite cannot run here, or undefined where it can. @param {Suite} suite */
export function whyLeftOut(suite) {
  if (suite.folder !== undefined && !existsSync(join(root, suite.folder))) return `there is no ${suite.folder} yet`
  return suite.whyNot?.()
}

/** Whether windows have to go to an invisible display. */
export function isWithoutDisplay() {
  return process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
}

/** Runs what follows in a network namespace that has loopback alone, multicast included. */
const inOwnNetwork = ['unshare', '--net', 'sh', '-c', 'ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo && exec "$@"', 'sh']

function whyNoProc() {
  return process.platform === 'linux' ? undefined : 'only Linux tells what memory and connections a process holds'
}

/** What to put before a suite's command so that nothing it sends leaves the machine; nothing where the system forbids it. @param {Suite} suite */
export function networkPrefix(suite) {
  const [program = '', ...rest] = inOwnNetwork
  return suite.apart && process.platform === 'linux' && isThere(program, ...rest, 'true') ? inOwnNetwork : []
}

function whyNoDisplay() {
  return isWithoutDisplay() && !isThere('xvfb-run', '--help') ? 'there is neither a display nor xvfb-run' : undefined
}

/** What narrow networks are made of, each in the Debian package that brings it. */
const natParts = /** @type {const} */ ([['tinyproxy', 'tinyproxy'], ['miniupnpd', 'miniupnpd-nftables'], ['pebble', 'pebble'], ['openssl', 'openssl']])

function whyNoNat() {
  if (process.platform !== 'linux') return 'network namespaces are Linux\'s'
  if (process.getuid?.() !== 0) return 'making network namespaces takes root'
  if (!isThere('nft', '--version')) return '`nft` is missing (package nftables)'
  const missing = natParts.filter(([program]) => !isOnPath(program)).map(([, name]) => name)
  if (missing.length > 0) return `the machine lacks ${missing.join(', ')}: resources/tools/install-system.sh`
  const probe = `natter-probe-${String(process.pid)}`
  if (!isThere('ip', 'netns', 'add', probe)) return '`ip netns add` does not work here (package iproute2, or a container that forbids it)'
  spawnSync('ip', ['netns', 'delete', probe])
  return undefined
}

/** What a desktop session of the tests' own is made of, each in the Debian package that brings it. */
const desktopParts = /** @type {const} */ ([
  ['Xvfb', 'xvfb'], ['dbus-daemon', 'dbus'], ['openbox', 'openbox'], ['dunst', 'dunst'], ['dunstctl', 'dunst'], ['xfce4-panel', 'xfce4-panel'], ['xdotool', 'xdotool'],
  ['wmctrl', 'wmctrl'], ['busctl', 'systemd'], ['gio', 'libglib2.0-bin'], ['xdg-open', 'xdg-utils'], ['desktop-file-validate', 'desktop-file-utils']
])

function whyNoGo() {
  const go = findGo()
  return go.kind === 'missing' ? go.why : undefined
}

function whyNoDesktop() {
  if (process.platform !== 'linux') return 'its desktop session is Linux\'s'
  const missing = new Set(desktopParts.filter(([program]) => !isOnPath(program)).map(([, name]) => name))
  return missing.size === 0 ? undefined : `the machine lacks ${[...missing].join(', ')}: resources/tools/install-system.sh`
}

/** What the tests of packages ask, each in the Debian package that brings it. */
const packagers = /** @type {const} */ ([
  ['dpkg-deb', 'dpkg'], ['rpmbuild', 'rpm'], ['7zz', '7zip'], ['debootstrap', 'debootstrap'], ['lintian', 'lintian'],
  ['appstreamcli', 'appstream'], ['desktop-file-validate', 'desktop-file-utils'], ['rsvg-convert', 'librsvg2-bin'], ['flatpak-builder', 'flatpak-builder']
])

/** The same for the relay's. */
const relayPackagers = /** @type {const} */ ([
  ['dpkg-deb', 'dpkg'], ['debootstrap', 'debootstrap'], ['lintian', 'lintian'], ['groff', 'groff'], ['buildah', 'buildah'],
  ['systemd-nspawn', 'systemd-container'], ['systemd-analyze', 'systemd']
])

/** @param {readonly (readonly [program: string, name: string])[]} [wanted] */
function whyNoPackages(wanted = packagers) {
  if (process.platform !== 'linux') return 'these are Linux\'s packages'
  if (process.getuid?.() !== 0) return 'installing packages in a root of their own takes root'
  const missing = wanted.filter(([program]) => !isOnPath(program)).map(([, name]) => name)
  return missing.length === 0 ? undefined : `the machine lacks ${missing.join(', ')}: resources/tools/install-system.sh --with-packaging`
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

/** @param {string} program @param {...string} args */
function isThere(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
