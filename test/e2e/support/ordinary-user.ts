import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** `nobody` and `nogroup` on Debian: they own nothing and may do nothing. */
const nobody = 65534

/** The SQLite modules, and what they load: all of the dependencies that are not bundled. */
const DRIVERS = ['better-sqlite3-multiple-ciphers', '@signalapp/sqlcipher', 'node-gyp-build'].map((name) => join('node_modules', name))

/** What launchApp starts in place of the runtime itself. */
export interface Place {
  readonly binary: string
  readonly appDir: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * Lets root start the app as an ordinary user, under whom Chromium's sandbox works.
 *
 * Runtime and app are copied, because root's home and cache are closed to others. The user gets a home in
 * `scratch` and a copy of the display's key.
 */
export function asOrdinaryUser(dist: string, appDir: string, scratch: string): Place {
  const runtime = join(scratch, basename(dist))
  const app = join(scratch, 'app')
  const home = join(scratch, 'home')
  chmodSync(scratch, 0o755)
  cpSync(dist, runtime, { recursive: true })
  chmodSync(runtime, 0o755)
  // As Electron's packages install it; used where the kernel refuses namespaces to ordinary users.
  if (existsSync(join(runtime, 'chrome-sandbox'))) chmodSync(join(runtime, 'chrome-sandbox'), 0o4755)
  mkdirSync(app)
  for (const part of ['package.json', 'dist', ...DRIVERS]) {
    if (existsSync(join(appDir, part))) cpSync(join(appDir, part), join(app, part), { recursive: true })
  }
  for (const folder of [home, join(scratch, 'data')]) own(folder)

  const binary = join(scratch, 'electron-as-nobody')
  const id = String(nobody)
  writeFileSync(binary, `#!/bin/sh\nexec setpriv --reuid=${id} --regid=${id} --clear-groups '${join(runtime, 'electron')}' "$@"\n`)
  chmodSync(binary, 0o755)
  return { binary, appDir: app, env: { HOME: home, XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: '', ...displayKey(home) } }
}

function own(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chownSync(folder, nobody, nobody)
}

function displayKey(home: string): Record<string, string> {
  const key = process.env['XAUTHORITY']
  if (key === undefined || !existsSync(key)) return {}
  const copy = join(home, '.Xauthority')
  copyFileSync(key, copy)
  chmodSync(copy, 0o600)
  chownSync(copy, nobody, nobody)
  return { XAUTHORITY: copy }
}
