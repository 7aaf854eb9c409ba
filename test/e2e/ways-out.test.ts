import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { WAYS_OUT, webRtcInFrame, type Place } from './support/ways-out.ts'

// What a hostile script in the page could reach: two servers on this computer hear of nothing, and no name is looked up.

/** Milliseconds in which what is on its way arrives here: without the guards the slowest took 300. */
const SETTLE = 500

const ends: (() => void)[] = []
let folder: string
let launched: LaunchedApp
let netLog: string
/** What arrived, as the server that heard it says. */
const heard: string[] = []
const tcp = createServer((socket) => {
  heard.push('a connection')
  socket.on('error', () => {}).on('data', (chunk: Buffer) => { heard.push(chunk.toString('latin1').split('\r\n')[0] ?? '') })
})
const udp = createSocket('udp4', (message) => { heard.push(`a datagram of ${String(message.length)} bytes`) })

/** WebRTC uses no loopback: where the suite runs apart, it gets an interface that leads nowhere. */
function giveInterface (): void {
  const isApart = Object.values(networkInterfaces()).flat().every((found) => found?.internal !== false)
  if (!isApart) return
  const ip = (...words: readonly string[]): void => { expect(spawnSync('ip', words).status, words.join(' ')).toBe(0) }
  ip('link', 'add', 'ways-out', 'type', 'veth', 'peer', 'name', 'nobody')
  ip('address', 'add', '198.51.100.7/24', 'dev', 'ways-out')
  for (const name of ['nobody', 'ways-out']) ip('link', 'set', name, 'up')
  ends.push(() => { ip('link', 'delete', 'ways-out') })
}

beforeAll(async () => {
  giveInterface()
  folder = mkdtempSync(join(tmpdir(), 'natter-ways-out-'))
  netLog = join(folder, 'net-log.json')
  tcp.listen(0, '127.0.0.1')
  udp.bind(0, '127.0.0.1')
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  launched = await launchApp({ args: [`--log-net-log=${netLog}`] })
})
afterAll(() => {
  for (const end of ends.splice(0)) end()
  tcp.close()
  udp.close()
  rmSync(folder, { recursive: true, force: true })
})

const placeFor = (way: string): Place => ({ tcp: (tcp.address() as AddressInfo).port, udp: udp.address().port, name: `${way.toLowerCase().replace(/\W+/g, '-')}.leak.example` })

/** Runs it in the page. Playwright's own evaluation bypasses the policy while it is synchronous. */
async function attempt (act: (place: Place) => unknown, place: Place): Promise<string> {
  return launched.page.evaluate(`(async () => {
    await new Promise((resolve) => { setTimeout(resolve) })
    try {
      return String(await Promise.race([(${act.toString()})(${JSON.stringify(place)}), new Promise((resolve) => { setTimeout(resolve, 4000, 'late') })]))
    } catch (error) {
      return error.name + ': ' + error.message
    }
  })()`)
}

async function settle (): Promise<void> {
  await new Promise((resolve) => { setTimeout(resolve, SETTLE) })
}

describe('a hostile script in the page', () => {
  it.each(Object.entries(WAYS_OUT))('reaches nobody by %s', async (way, act) => {
    heard.splice(0)
    expect(await attempt(act, placeFor(way))).not.toMatch(/opened/)
    await settle()
    expect(heard).toEqual([])
    expect(launched.page.url().replace('#x', '')).toBe('app://natter/index.html')
    expect(launched.app.windows()).toHaveLength(1)
  })

  it('finds neither WebRTC nor printing', async () => {
    expect(await launched.page.evaluate(() => Object.getOwnPropertyNames(globalThis).filter((name) => /RTC|^print$/.test(name)))).toEqual([])
  })

  it('sends not one packet by the WebRTC of a frame that it adds', async () => {
    heard.splice(0)
    const place = placeFor('frame')
    expect(['new', 'checking', 'disconnected', 'failed']).toContain(await attempt(webRtcInFrame, place))
    expect(heard).toEqual([])
    // Else it may be that such packets could never get here.
    await launched.app.evaluate(async ({ BrowserWindow, session }) => {
      await session.defaultSession.setProxy({ mode: 'direct' })
      BrowserWindow.getAllWindows()[0]?.webContents.setWebRTCIPHandlingPolicy('default')
    })
    await launched.page.reload()
    await attempt(webRtcInFrame, place)
    expect(heard).toContainEqual(expect.stringMatching(/^a datagram/))
    expect(heard).toContain('a connection')
    await launched.page.reload()
  })

  it('gets at no device, and at nothing else that takes a permission', async () => {
    const asked = await launched.page.evaluate(async () => {
      const tried = { bluetooth: 'requestDevice', hid: 'requestDevice', usb: 'requestDevice', serial: 'requestPort' } as const
      const navigatorOf = navigator as unknown as Record<string, Record<string, (wish: unknown) => Promise<unknown>> | undefined>
      const refused = async (act: () => Promise<unknown>): Promise<string> => Promise.race([act().then((found) => `got ${String(found)}`, (error: Error) => error.name), new Promise<string>((resolve) => { setTimeout(resolve, 3_000, 'no answer') })])
      const devices = await Promise.all(Object.entries(tried).map(async ([kind, ask]) => refused(async () => navigatorOf[kind]?.[ask]?.({ filters: [], acceptAllDevices: true }) ?? Promise.reject(new TypeError('there is no such thing here')))))
      const known = await Promise.all(['hid', 'usb'].map(async (kind) => navigatorOf[kind]?.['getDevices']?.({}).then((list) => (list as readonly unknown[]).length, () => 0)))
      const media = await refused(async () => navigator.mediaDevices.getUserMedia({ audio: true, video: true }))
      const screen = await refused(async () => navigator.mediaDevices.getDisplayMedia())
      const midi = await refused(async () => navigator.requestMIDIAccess({ sysex: true }))
      return [...devices, ...known.map(String), media, screen, midi]
    })
    expect(asked.filter((answer) => answer.startsWith('got '))).toEqual([])
    expect(asked.filter((answer) => /^\d+$/.test(answer))).toEqual(['0', '0'])
  })
})

describe('downloads', () => {
  it.each([
    ['of data', () => { Object.assign(document.createElement('a'), { href: 'data:application/octet-stream,x', download: 'x.bin' }).click() }],
    ['of what the page made', () => { Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob(['x'])), download: 'x.bin' }).click() }],
    ['of the page\'s own files', () => { Object.assign(document.createElement('a'), { href: '/index.html', download: 'x.html' }).click() }]
  ])('%s are refused', async (_, act) => {
    const downloads = join(folder, 'downloads')
    mkdirSync(downloads, { recursive: true })
    await launched.app.evaluate(({ app, session }, path) => {
      app.setPath('downloads', path)
      // A listener that comes after ours sees what became of it.
      const seen = globalThis as unknown as { downloads: (boolean | string)[] }
      seen.downloads = []
      session.defaultSession.once('will-download', (event, item) => {
        seen.downloads.push(event.defaultPrevented)
        // Where nobody refuses it, a dialog would hold up the test.
        item.setSavePath(`${path}/taken`)
        item.once('done', (_event, state) => { seen.downloads.push(state) })
      })
    }, downloads)
    await launched.page.evaluate(act)
    await expect.poll(async () => launched.app.evaluate(() => (globalThis as unknown as { downloads: unknown[] }).downloads)).not.toEqual([])
    expect((await launched.app.evaluate(() => (globalThis as unknown as { downloads: unknown[] }).downloads))[0]).toBe(true)
    await settle()
    expect(readdirSync(downloads)).toEqual([])
  })
})

it('files that are dropped on the window do not take the page\'s place', async () => {
  const path = join(folder, 'dropped.html')
  writeFileSync(path, '<title>dropped</title>')
  const cdp = await launched.page.context().newCDPSession(launched.page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
  await settle()
  expect(launched.page.url().replace('#x', '')).toBe('app://natter/index.html')
  expect(await launched.page.title()).toBe('Natter')
})

it('Chromium looked up no name and asked nobody for anything in all this', async () => {
  await launched.close()
  const log = readFileSync(netLog, 'utf8')
  const named = [...log.matchAll(/"(?:url|host|hostname|origin|host_port|group_id)":"(?!app:)([^"]+)"/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !/^(?:socks5:\/\/)?127\.0\.0\.1(?::\d+)?/.test(name))).toEqual([])
  expect(log).not.toContain('leak.example')
})
