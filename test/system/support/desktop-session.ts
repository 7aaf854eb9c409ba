import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import { killMarked, waitUntilGone } from '../../e2e/support/processes.ts'

const runFile = promisify(execFile)
/** Milliseconds that a part of a desktop may take to come up. */
const UP = { timeout: 15_000, interval: 50 }
/** `nobody` and `nogroup` on Debian. */
export const NOBODY = 65534

/** What a session has besides display, window manager and bus. */
export interface SessionParts {
  /** dunst shows notifications. @default true */
  readonly notifications?: boolean
  /** Xfce's panel shows a tray. @default true */
  readonly tray?: boolean
  /** Everything belongs to an ordinary user. @default false: to whoever runs the test */
  readonly asNobody?: boolean
}

/** A desktop of its own on an invisible display: nothing of it is left after {@link DesktopSession.close}. */
export interface DesktopSession {
  /** Home, XDG folders, display and bus, for what runs in it. */
  readonly env: Readonly<Record<string, string>>
  /** Whose it is, for what is spawned in it. */
  readonly user: { readonly uid?: number, readonly gid?: number }
  /** Temporary; goes with the session. */
  readonly folder: string
  /** Starts a program that ends with the session. */
  readonly start: (program: string, args?: readonly string[]) => ChildProcess
  /** Runs a program to its end; its standard output. @throws where it fails */
  readonly run: (program: string, ...args: string[]) => Promise<string>
  /** Brings the panel up later. */
  readonly startPanel: () => Promise<void>
  readonly startNotifications: () => Promise<void>
  readonly stopNotifications: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts Xvfb, D-Bus and openbox, then the parts; resolves when all of them answer. */
export async function startSession ({ notifications = true, tray = true, asNobody = false }: SessionParts = {}): Promise<DesktopSession> {
  const folder = mkdtempSync(join(tmpdir(), 'natter-desktop-'))
  const mark = `natter-test-${randomUUID()}`
  const user = asNobody ? { uid: NOBODY, gid: NOBODY } : {}
  const folders = { HOME: 'home', XDG_CONFIG_HOME: 'home/.config', XDG_DATA_HOME: 'home/.local/share', XDG_CACHE_HOME: 'home/.cache', XDG_RUNTIME_DIR: 'run' }
  const env: Record<string, string> = { ...inherited(), NATTER_TEST_MARK: mark, LANG: 'C.UTF-8' }
  if (asNobody) chmodSync(folder, 0o755)
  for (const [name, path] of Object.entries(folders)) {
    env[name] = join(folder, path)
    mkdirSync(env[name], { recursive: true, mode: 0o700 })
    for (let part = path; asNobody && part !== '.'; part = join(part, '..')) chownSync(join(folder, part), NOBODY, NOBODY)
  }

  const start: DesktopSession['start'] = (program, args = []) => spawn(program, args, { env, ...user, stdio: ['ignore', 'ignore', 'ignore'] })
  const run: DesktopSession['run'] = async (program, ...args) => (await runFile(program, args, { env, ...user, timeout: UP.timeout })).stdout
  const property = async (name: string, path: string, asked: string): Promise<string> => run('busctl', '--user', 'get-property', name, path, name, asked)

  async function startPanel (): Promise<void> {
    start('xfce4-panel', ['--disable-wm-check'])
    await vi.waitFor(async () => {
      const text = await property('org.kde.StatusNotifierWatcher', '/StatusNotifierWatcher', 'IsStatusNotifierHostRegistered')
      if (!text.includes('true')) throw new Error('the panel shows no tray')
    }, UP)
  }

  let dunst: ChildProcess | undefined
  async function startNotifications (): Promise<void> {
    dunst = start('dunst')
    await vi.waitFor(async () => run('dunstctl', 'count'), UP)
  }

  async function stopNotifications (): Promise<void> {
    if (dunst === undefined || dunst.exitCode !== null || dunst.signalCode !== null) return
    const ended = once(dunst, 'exit')
    dunst.kill()
    await ended
  }

  async function close (): Promise<void> {
    killMarked(mark)
    await waitUntilGone(mark)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  try {
    // Without -noreset it starts anew whenever its last client goes, and sends away who connects meanwhile.
    env['DISPLAY'] = `:${await firstLine('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp', '-ac', '-noreset'], { env, ...user })}`
    env['DBUS_SESSION_BUS_ADDRESS'] = await firstLine('dbus-daemon', [`--config-file=${makeBus(folder, asNobody)}`, '--nofork', '--print-address=3'], { env, ...user })
    cpSync(join(import.meta.dirname, 'config'), env['XDG_CONFIG_HOME'] ?? '', { recursive: true })
    if (asNobody) await runFile('chown', ['-R', `${String(NOBODY)}:${String(NOBODY)}`, env['XDG_CONFIG_HOME'] ?? ''])
    start('openbox')
    await vi.waitFor(async () => run('wmctrl', '-m'), UP)
    if (notifications) await startNotifications()
    if (tray) await startPanel()
    return { env, user, folder, start, run, startPanel, startNotifications, stopNotifications, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Settings of a session bus that starts nothing by itself but what the panel
 * needs: else a notification server that is installed would come when it is asked for.
 */
function makeBus (folder: string, asNobody: boolean): string {
  const services = join(folder, 'services')
  mkdirSync(services)
  cpSync('/usr/share/dbus-1/services/org.xfce.Xfconf.service', join(services, 'org.xfce.Xfconf.service'))
  const file = join(folder, 'bus.conf')
  writeFileSync(file, `<busconfig><type>session</type><listen>unix:dir=${join(folder, 'run')}</listen><auth>EXTERNAL</auth><servicedir>${services}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`)
  if (asNobody) chmodSync(services, 0o755)
  return file
}

/** Nothing of the session that the test itself was started from. */
function inherited (): Record<string, string> {
  const { PATH = '', ELECTRON_OVERRIDE_DIST_PATH: dist } = process.env
  return { PATH, ...(dist === undefined ? {} : { ELECTRON_OVERRIDE_DIST_PATH: dist }) }
}

/** Starts a program that goes on, and answers the first line that it writes to its descriptor 3. */
async function firstLine (program: string, args: readonly string[], options: { readonly env: NodeJS.ProcessEnv, readonly uid?: number, readonly gid?: number }): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const failed = Promise.withResolvers<never>()
  child.once('error', failed.reject)
  child.once('exit', () => { failed.reject(new Error(`${program} ended before it was up`)) })
  const lines = createInterface({ input: child.stdio[3] as Readable })
  const [line] = await Promise.race([once(lines, 'line'), failed.promise]) as [string]
  failed.promise.catch(() => {})
  return line
}
