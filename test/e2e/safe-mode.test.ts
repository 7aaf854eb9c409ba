import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Api, Argument, CallName, Result } from '../../preload/contract/index.ts'
import { environmentFor, findElectron } from '../../resources/tools/electron.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { createAuthor, makeProfile } from './support/profile.ts'

const TOPIC = '/natter/1/garden'
const TEXT = 'The apple tree has canker'
let folder: string
const ends: (() => Promise<void>)[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'natter-safe-'))
  const { edit } = await makeProfile(folder, { name: 'Ada', topics: ['garden'] })
  const eve = await createAuthor('Eve')
  const post = await eve.write(TOPIC, TEXT, Date.now() - 60_000)
  await edit(async (store) => { await store.append([post]) })
  // Everything that would use the network, or be broken.
  const settings = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as object
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({
    ...settings,
    protocol: 'floodsub',
    theme: 'dark',
    mdns: true,
    beRelay: true,
    relays: [{ address: `/ip4/203.0.113.9/tcp/4001/p2p/${eve.peerId}`, source: { kind: 'settings' }, approved: true }],
    blocked: [{ peerId: (await createAuthor('Mallory')).peerId, name: 'Mallory', since: 1 }]
  }))
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function launch (...args: string[]): Promise<LaunchedApp> {
  const launched = await launchApp({ userDataDir: folder, args })
  ends.push(launched.close)
  return launched
}

async function call<K extends CallName> ({ page }: LaunchedApp, name: K, argument: Argument<K>): Promise<Answer<K>> {
  const result = await page.evaluate(async ([key, value]) => {
    const { api } = globalThis as unknown as { readonly api: Api }
    return api[key](value)
  }, [name, argument] as [K, never]) as Result<Answer<K>>
  if (!result.ok) throw new Error(result.message)
  return result.value
}

const running = async (launched: LaunchedApp): Promise<Answer<'getSnapshot'>> => {
  await expect.poll(async () => (await call(launched, 'getSnapshot', {})).phase.kind).toBe('running')
  return call(launched, 'getSnapshot', {})
}

const logged = (): string => existsSync(join(folder, 'logs', 'natter.log')) ? readFileSync(join(folder, 'logs', 'natter.log'), 'utf8') : ''

/** One that has ended and waits for its parent has no command line. */
function isAlive (pid: number): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

describe('safe mode', () => {
  it('has default settings and no network, and posts can be read, searched and written', async () => {
    const before = readFileSync(join(folder, 'settings.json'))
    const launched = await launch('--safe-mode')
    const { settings, topics, blocked, relays, reachability, self, notices, desktop } = await running(launched)
    expect(desktop.safeMode).toBe(true)
    expect(settings).toMatchObject({ displayName: 'Ada', protocol: 'gossipsub', theme: 'system', beRelay: false })
    expect({ topics, blocked, relays, self }).toMatchObject({ topics: [{ id: TOPIC, subscribed: true }], blocked: [{ name: 'Mallory' }], relays: [], self: { addresses: [], port: 0 } })
    expect(reachability).toMatchObject({ state: 'offline', through: [], evidence: [{ text: 'Safe mode: Natter does not use the network.' }] })
    expect(notices).toEqual([])

    expect((await call(launched, 'listPosts', { topic: TOPIC, page: { kind: 'newest' }, limit: 50 })).posts).toMatchObject([{ text: TEXT }])
    await launched.page.getByText(TEXT).waitFor()
    await call(launched, 'postMessage', { topic: TOPIC, text: 'I shall prune it', clientId: 'one' })
    const { posts } = await call(launched, 'listPosts', { topic: TOPIC, page: { kind: 'newest' }, limit: 50 })
    expect(posts).toMatchObject([{ text: TEXT }, { text: 'I shall prune it', delivery: { kind: 'queued' } }])

    await expect(call(launched, 'addRelay', { address: '/dns4/relay.example/tcp/4001/p2p/12D3KooWQYzDgKcFgKzMZnCqPzGtVh1s8n5uLrQxYb3e9TtFx7Qk' })).rejects.toThrow(/safe mode|12D3/u)
    await call(launched, 'changeSettings', { mdns: true, displayName: 'Somebody', listenPort: 4001 })
    await expect.poll(async () => (await call(launched, 'getSnapshot', {})).self?.port).toBe(0)
    await launched.close()
    ends.splice(0)
    expect(readFileSync(join(folder, 'settings.json'))).toEqual(before)
    expect(logged()).toMatch(/ starts on .*, safe mode\n/u)
  })

  it('ignores damaged settings, and leaves them where they are', async () => {
    writeFileSync(join(folder, 'settings.json'), '{ "version": 1, "displayName": 7')
    const launched = await launch('--safe-mode')
    expect((await running(launched)).settings.displayName).toBe('')
    expect(readdirSync(folder).filter((name) => name.startsWith('settings.json'))).toEqual(['settings.json'])
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe('{ "version": 1, "displayName": 7')
  })

  it.runIf(process.platform === 'linux')('is left by the button of its bar: the app ends, and starts again without it', async () => {
    const launched = await launch('--safe-mode')
    await running(launched)
    const pid = launched.app.process().pid
    await launched.page.getByRole('button', { name: 'Leave safe mode' }).click()
    // Chromium's lock names the process that has the folder.
    const owner = (): number => {
      try {
        return Number(readlinkSync(join(folder, 'SingletonLock')).split('-').at(-1))
      } catch {
        return 0
      }
    }
    await expect.poll(() => [0, pid].includes(owner())).toBe(false)
    const next = owner()
    ends.splice(0)
    ends.push(async () => {
      process.kill(next, 'SIGTERM')
      await launched.close().catch(() => undefined)
      await expect.poll(() => isAlive(next)).toBe(false)
    })
    await expect.poll(() => logged().match(/ starts on .*\n/gu)?.length).toBe(2)
    expect(logged().match(/, safe mode\n/gu)).toHaveLength(1)
  })
})

/** Whether a network of one's own can be made here: Linux, and root or a system that lets ordinary users. */
const canBeApart = process.platform === 'linux' && spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0

describe.runIf(canBeApart)('in a network of its own that leads anywhere', () => {
  /** Starts the app where nobody else is; nothing steers it, so that all that is sent is its own. */
  async function startApart (...args: string[]): Promise<ChildProcess & { readonly pid: number }> {
    const runtime = await findElectron()
    const network = 'ip link set lo up && ip link add out type veth peer name nobody && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && ip addr add 198.51.100.2/24 dev out && ip link set nobody up && ip link set out up multicast on && ip route add default dev out && exec "$@"'
    const child = spawn('unshare', ['--net', 'sh', '-c', network, 'sh', runtime.binary, ...process.getuid?.() === 0 ? ['--no-sandbox'] : [], '--disable-gpu', root, `--user-data-dir=${folder}`, ...args], {
      env: { ...process.env, ...environmentFor(runtime) }, stdio: 'ignore'
    })
    const { pid } = child
    if (pid === undefined) throw new Error('the app did not start')
    ends.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => { child.once('exit', resolve) })
      child.kill('SIGTERM')
      await gone
    })
    return Object.assign(child, { pid })
  }

  /** Sockets of IP, and datagrams that this network took from anybody since it was made. */
  function traffic (pid: number): { readonly sockets: number, readonly sent: number } {
    const read = (name: string): string => readFileSync(`/proc/${String(pid)}/net/${name}`, 'utf8')
    const sockets = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].flatMap((name) => read(name).trim().split('\n').slice(1)).length
    const [names = '', values = ''] = read('snmp').split('\n').filter((line) => line.startsWith('Ip: '))
    const sent = Number(values.split(' ')[names.split(' ').indexOf('OutRequests')])
    return { sockets, sent }
  }

  it('opens no socket and sends nothing in safe mode, where it does both without', async () => {
    const began = performance.now()
    const { pid } = await startApart()
    await expect.poll(() => traffic(pid).sockets > 0 && traffic(pid).sent > 0, { timeout: 30_000 }).toBe(true)
    const took = performance.now() - began
    for (const end of ends.splice(0)) await end()
    rmSync(join(folder, 'logs'), { recursive: true, force: true })
    const settings = statSync(join(folder, 'settings.json')).mtimeMs

    const safe = await startApart('--safe-mode')
    await expect.poll(() => logged().includes('the start is done'), { timeout: 30_000 }).toBe(true)
    // Nothing tells that something will not happen: it has three times as long as it took above.
    const until = performance.now() + 3 * took
    while (performance.now() < until) {
      expect(traffic(safe.pid)).toEqual({ sockets: 0, sent: 0 })
      await sleep(100)
    }
    expect(logged()).toContain(' reachability: offline\n')
    expect(statSync(join(folder, 'settings.json')).mtimeMs).toBe(settings)
  })
})
