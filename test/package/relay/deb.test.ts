import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { relayNodeFlags } from '../../../resources/tools/relay-flags.mjs'
import { until } from '../../net/support/until.ts'
import { bootMachine, type Machine } from './support/machine.ts'
import { relayPackage } from './support/packages.ts'
import { judgeMetrics } from './support/promtool.ts'
import { expectMeeting } from './support/running.ts'

// The deb on a server that systemd booted: what the unit forbids is forbidden there by the kernel. The tests are
// steps of one story.

const UNIT = 'natter-relay.service'
const MOVER = fileURLToPath(new URL('support/mover.ts', import.meta.url))
const METRICS = 'http://127.0.0.1:9464/metrics'
/** Milliseconds in which the service is up or down. */
const SOON = 30_000

let machine: Machine
let peerId = ''

beforeAll(async () => {
  machine = await bootMachine(execFileSync('dpkg-deb', ['--field', relayPackage('.deb'), 'Depends'], { encoding: 'utf8' }).trim())
})
afterAll(async () => machine.close())

const configFile = (): string => join(machine.folder, 'etc/natter-relay/relay.toml')
const stateFolder = (): string => join(machine.folder, 'var/lib/private/natter-relay')
const show = (property: string): string => machine.run('systemctl', 'show', '--value', '--property', property, UNIT).trim()
/** What the relay that runs now wrote; systemd's own lines are left out. */
const wrote = (): string => machine.tries('journalctl', '--output=cat', `_SYSTEMD_INVOCATION_ID=${show('InvocationID')}`, '_COMM=MainThread').out

/** Waits until a start has printed its addresses; gives them. */
async function addresses (): Promise<string[]> {
  await until(() => /\/p2p\/12D3\w+$/m.test(wrote()), SOON, () => `the relay prints its addresses; it wrote ${wrote()}${machine.tries('systemctl', 'status', UNIT).out}`)
  return wrote().split('\n').filter((line) => line.startsWith('/'))
}

/** Puts lines in the place of the sample's. */
function configure (changes: Readonly<Record<string, string>>): void {
  let text = readFileSync(configFile(), 'utf8')
  for (const [key, value] of Object.entries(changes)) {
    const line = new RegExp(`^#?${key} = .*$`, 'm')
    expect(text).toMatch(line)
    text = text.replace(line, `${key} = ${value}`)
  }
  writeFileSync(configFile(), text)
}

it('is installed by dpkg, and runs at once as systemd has it', async () => {
  machine.run('dpkg', '--install', machine.bring(relayPackage('.deb')))
  const [first = ''] = await addresses()
  peerId = first.split('/').at(-1) ?? ''
  expect(show('ActiveState')).toBe('active')
  expect(show('UnitFileState')).toBe('enabled')
  expect(show('Result')).toBe('success')
  expect(machine.run('systemd-analyze', 'verify', '--man=no', UNIT)).toBe('')
  machine.run('systemd-analyze', 'security', '--threshold=19', UNIT)
  expect(machine.run('cat', `/proc/${show('MainPID')}/cmdline`).split('\0')).toEqual(expect.arrayContaining(relayNodeFlags))
  expectMeeting(`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`, machine.enterNetwork)
})

it('is somebody who owns nothing, with one right beyond it and a filter over its system calls', () => {
  const status = machine.run('cat', `/proc/${show('MainPID')}/status`)
  const field = (name: string): string => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? ''
  expect(Number(field('Uid').split('\t')[0])).toBeGreaterThan(60_000)
  // CAP_NET_BIND_SERVICE is number 10.
  expect(['CapEff', 'CapBnd', 'CapAmb'].map((name) => BigInt(`0x${field(name)}`))).toEqual([1n << 10n, 1n << 10n, 1n << 10n])
  expect({ newPrivileges: field('NoNewPrivs'), seccomp: field('Seccomp') }).toEqual({ newPrivileges: '1', seccomp: '2' })
  expect(show('LimitNOFILE')).toBe('65536')
  expect(statSync(join(stateFolder(), 'identity.key')).mode & 0o777).toBe(0o600)
  expect(statSync(stateFolder()).mode & 0o777).toBe(0o700)
  // What it is not allowed to see and to change.
  const inside = (script: string): string => machine.tries('nsenter', '--target', show('MainPID'), '--mount', 'sh', '-c', script).err
  expect(inside('echo > /etc/natter-relay/relay.toml')).toContain('Read-only file system')
  expect(inside('echo > /usr/lib/natter-relay/natter-relay.mjs')).toContain('Read-only file system')
  expect(inside('ls /root')).toMatch(/Permission denied|^$/)
})

it('listens below 1024, keeps history and serves figures that promtool accepts, once its configuration says so', async () => {
  configure({ listen: '["/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/443/ws"]', 'keep-history': '"30d"', metrics: '"127.0.0.1:9464"' })
  machine.run('systemctl', 'restart', UNIT)
  expect(await addresses()).toEqual([`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`, `/ip4/127.0.0.1/tcp/443/ws/p2p/${peerId}`])
  expectMeeting(`/ip4/127.0.0.1/tcp/443/ws/p2p/${peerId}`, machine.enterNetwork)
  expect(existsSync(join(stateFolder(), 'history.db'))).toBe(true)
  const figures = machine.run('curl', '--silent', '--fail', METRICS)
  expect(figures).toContain('natter_relay_reservations')
  // These are read from /proc, most of which the unit hides.
  expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(figures)?.[1])).toBeGreaterThan(20_000_000)
  expect(Number(/^process_open_fds (\d+)$/m.exec(figures)?.[1])).toBeGreaterThan(5)
  expect(judgeMetrics(figures)).toEqual({ status: 0, said: '' })
})

it('reads its configuration again without a restart', async () => {
  const pid = show('MainPID')
  configure({ reservations: '1', metrics: '"127.0.0.1:9465"' })
  machine.run('systemctl', 'reload', UNIT)
  await until(() => wrote().includes('restart'), SOON, () => `it says what needs a restart; it wrote ${wrote()}`)
  expect(wrote()).toMatch(/metrics.*restart/)
  expect(show('MainPID')).toBe(pid)
  configure({ reservations: '1024', metrics: '"127.0.0.1:9464"' })
})

it('is started again when it ends, under the same peer id', async () => {
  const pid = show('MainPID')
  machine.run('kill', '-KILL', pid)
  await until(() => show('MainPID') !== pid && show('MainPID') !== '0', SOON, 'systemd starts it again')
  expect((await addresses())[0]).toContain(peerId)
})

it('stops in order, and says what is wrong with its configuration once and not for ever', async () => {
  machine.run('systemctl', 'stop', UNIT)
  expect(show('Result')).toBe('success')
  const right = readFileSync(configFile(), 'utf8')
  writeFileSync(configFile(), `${right}\nreservatoins = 5\n`)
  machine.run('systemctl', 'start', UNIT)
  await until(() => show('ActiveState') === 'failed', SOON, 'it fails')
  expect(show('ExecMainStatus')).toBe('2')
  expect(wrote()).toMatch(/relay\.toml.*line \d+/)
  expect(machine.tries('natter-relay', '--config', '/etc/natter-relay/relay.toml', '--check').status).toBe(2)
  writeFileSync(configFile(), right)
  expect(machine.tries('natter-relay', '--config', '/etc/natter-relay/relay.toml', '--check').status).toBe(0)
  machine.run('systemctl', 'restart', UNIT)
  expect((await addresses())[0]).toContain(peerId)
})

/** Says more about the unit than the package does; gives what takes it back. */
function addToUnit (lines: string): () => void {
  const folder = join(machine.folder, 'etc/systemd/system', `${UNIT}.d`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'test.conf'), `[Service]\n${lines}\n`)
  machine.run('systemctl', 'daemon-reload')
  return () => {
    rmSync(folder, { recursive: true })
    machine.run('systemctl', 'daemon-reload')
  }
}

it('gets the time that drain-seconds says, also where the unit gives less', async () => {
  configure({ 'drain-seconds': '600' })
  const takeBack = addToUnit('TimeoutStopSec=3')
  machine.run('systemctl', 'restart', UNIT)
  await addresses()
  const [program = '', ...args] = [...machine.enterNetwork, process.execPath, MOVER, `/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`]
  const mover = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(mover, 'exit')
  try {
    const [word] = await Promise.race([once(mover.stdout, 'data', { signal: AbortSignal.timeout(2 * SOON) }), gone]) as [unknown]
    expect(String(word)).toBe('here\n')
    machine.run('systemctl', 'stop', '--no-block', UNIT)
    await until(() => wrote().includes('Tells 1 client to move'), SOON, () => `it drains; it wrote ${wrote()}`)
    // Twice what the unit gives.
    await new Promise((resolve) => { setTimeout(resolve, 6_000) })
    expect(show('ActiveState')).toBe('deactivating')
  } finally {
    mover.kill('SIGKILL')
    await gone
    takeBack()
  }
  await until(() => show('ActiveState') !== 'deactivating', SOON, 'it ends when nobody is left')
  expect({ state: show('ActiveState'), result: show('Result') }).toEqual({ state: 'inactive', result: 'success' })
  configure({ 'drain-seconds': '20' })
  machine.run('systemctl', 'start', UNIT)
  await addresses()
})

it('is ended when it takes more memory than it may, and started again, and the machine is well', async ({ skip }) => {
  await machine.limitMemory()
  machine.run('systemctl', 'restart', UNIT)
  await addresses()
  const [held, most] = [Number(show('MemoryCurrent')), Number(show('MemoryMax'))]
  skip(Number.isNaN(held), 'this machine\'s systemd cannot count memory')
  expect(held).toBeGreaterThan(20_000_000)
  // 80 % of what there is.
  expect(most / totalmem()).toBeCloseTo(0.8, 2)
  const takeBack = addToUnit('MemoryMax=40M')
  try {
    machine.run('systemctl', 'restart', UNIT)
    await until(() => Number(show('NRestarts')) >= 2, SOON, () => `it is started again; it wrote ${wrote()}`)
    const log = machine.run('journalctl', '--unit', UNIT, '--output=cat')
    expect(log).toMatch(/Failed with result '(?:oom-kill|signal)'/)
    expect(log).toContain('Main process exited, code=killed, status=9/KILL')
    expect(machine.run('systemctl', 'is-active', 'dbus.service')).toBe('active\n')
  } finally {
    takeBack()
  }
  await until(() => show('ActiveState') === 'active', SOON, 'it runs again by itself')
  expect((await addresses())[0]).toContain(peerId)
  expectMeeting(`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`, machine.enterNetwork)
})

it('keeps its configuration, key and being switched off over an update', async () => {
  const before = readFileSync(configFile(), 'utf8')
  machine.run('systemctl', 'disable', '--now', UNIT)
  machine.run('dpkg', '--install', machine.bring(relayPackage('.deb')))
  expect(readFileSync(configFile(), 'utf8')).toBe(before)
  expect(show('UnitFileState')).toBe('disabled')
  expect(show('ActiveState')).toBe('inactive')
  machine.run('systemctl', 'enable', '--now', UNIT)
  expect((await addresses())[0]).toContain(peerId)
})

it('leaves the key when it is removed, and nothing when it is purged, and says so', () => {
  expect(machine.run('dpkg', '--remove', 'natter-relay')).toContain('Its key and the history that it kept stay in /var/lib/natter-relay')
  expect(readdirSync(stateFolder())).toContain('identity.key')
  expect(existsSync(configFile())).toBe(true)
  expect(machine.run('dpkg', '--purge', 'natter-relay')).toContain('key and the history that it kept are removed')
  const left = machine.run('find', '/', '-xdev', '-iname', '*natter*', '-not', '-path', '/proc/*', '-not', '-path', '/var/tmp/*')
  expect(left.trim()).toBe('')
  expect(machine.tries('systemctl', 'cat', UNIT).status).not.toBe(0)
})

it('has no file that depends on this machine', () => {
  const listing = execFileSync('dpkg-deb', ['--contents', relayPackage('.deb')], { encoding: 'utf8' })
  expect(listing.split('\n').filter((line) => line !== '' && !line.includes('root/root'))).toEqual([])
  expect(listing).toContain(`prebuilds/linux-${process.arch}.node`)
})
