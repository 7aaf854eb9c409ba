import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findElectron } from '../../resources/tools/electron.mjs'
import { openNetwork, type Network } from './support/network.ts'
import { startPackaged, type PackagedApp, type PackagedOptions } from './support/packaged-app.ts'
import { PROGRAM, UNPACKED } from './support/packages.ts'

// What somebody who may start the app, or set its environment, can not make it do. The app is as it was packed.

const BINARY = join(UNPACKED, PROGRAM)

let network: Network
let place: string
let app: PackagedApp | undefined

beforeEach(async () => {
  network = await openNetwork()
  place = mkdtempSync(join(tmpdir(), 'natter-hardened-'))
})
afterEach(async () => {
  await app?.close()
  app = undefined
  await network.close()
  rmSync(place, { recursive: true, force: true })
})

/** Root runs Chromium without its sandbox or not at all; installed.test.ts has it on. */
async function start ({ binary = BINARY, args = [], env = {} }: { readonly binary?: string } & Partial<PackagedOptions>): Promise<PackagedApp> {
  app = await startPackaged({ command: [...network.enter, binary], args: ['--no-sandbox', `--user-data-dir=${join(place, 'data')}`, ...args], env })
  return app
}

/** A script that leaves a file behind if anything runs it. */
function trap (): { readonly script: string, readonly wasRun: () => boolean } {
  const proof = join(place, 'was-run')
  const script = join(place, 'trap.cjs')
  writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(proof)}, '')\n`)
  return { script, wasRun: () => existsSync(proof) }
}

it('has the fuses that the release configuration asks for', async () => {
  const wire = await getCurrentFuseWire(BINARY)
  const state = (option: FuseV1Options): string => FuseState[wire[option] ?? FuseState.INHERIT]
  expect({
    runAsNode: state(FuseV1Options.RunAsNode),
    cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
    nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: state(FuseV1Options.EnableNodeCliInspectArguments),
    asarIntegrity: state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: state(FuseV1Options.OnlyLoadAppFromAsar),
    snapshot: state(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
    fileProtocol: state(FuseV1Options.GrantFileProtocolExtraPrivileges)
  }).toEqual({
    runAsNode: 'DISABLE',
    cookieEncryption: 'ENABLE',
    nodeOptions: 'DISABLE',
    inspect: 'DISABLE',
    asarIntegrity: 'ENABLE',
    onlyAsar: 'ENABLE',
    snapshot: 'DISABLE',
    fileProtocol: 'DISABLE'
  })
})

it('packing flips no fuse of the runtime that it copies', async () => {
  const { dist, standIn } = await findElectron()
  const wire = await getCurrentFuseWire(join(dist, 'electron'))
  expect(FuseState[wire[FuseV1Options.EnableNodeCliInspectArguments] ?? FuseState.INHERIT]).toBe('ENABLE')
  expect(standIn || wire[FuseV1Options.RunAsNode] === FuseState.ENABLE).toBe(true)
})

it('opens its window, and no debugger, for --inspect', async () => {
  // A port that is free now; nobody else is in this network.
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  const { output, page } = await start({ args: [`--inspect=127.0.0.1:${String(port)}`] })
  expect(await page.evaluate('document.title')).toContain('Natter')
  expect(output()).not.toContain('Debugger listening')
  const listening = spawn('nsenter', [...network.enter.slice(1), 'ss', '--tcp', '--listening', '--numeric', '--no-header'])
  let ports = ''
  listening.stdout.on('data', (chunk: Buffer) => { ports += chunk.toString() })
  await once(listening, 'close')
  expect(ports).not.toContain(`:${String(port)} `)
})

it('opens its window, and runs no script, for ELECTRON_RUN_AS_NODE', async () => {
  const { script, wasRun } = trap()
  const { page } = await start({ args: [script], env: { ELECTRON_RUN_AS_NODE: '1' } })
  expect(await page.evaluate('document.title')).toContain('Natter')
  expect(wasRun()).toBe(false)
})

it('loads nothing that NODE_OPTIONS names', async () => {
  const { script, wasRun } = trap()
  const { page } = await start({ env: { NODE_OPTIONS: `--require ${script}` } })
  expect(await page.evaluate('document.title')).toContain('Natter')
  expect(wasRun()).toBe(false)
})

it('starts itself, and not a folder resources/app that lies beside its archive', async () => {
  const copy = join(place, 'app')
  cpSync(UNPACKED, copy, { recursive: true })
  const planted = join(copy, 'resources/app')
  mkdirSync(planted)
  const { script, wasRun } = trap()
  writeFileSync(join(planted, 'package.json'), JSON.stringify({ name: 'planted', main: script }))
  const { page } = await start({ binary: join(copy, PROGRAM) })
  expect(await page.evaluate('document.title')).toContain('Natter')
  expect(wasRun()).toBe(false)
})
