import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const runFile = promisify(execFile)
const SECRETS = 'org.freedesktop.secrets'
const SECRET = 'org.freedesktop.Secret'

/** A desktop session's key store: a D-Bus of its own with GNOME's Secret Service on it, unlocked. */
export interface KeyStore {
  /** For the app's environment. */
  readonly env: Readonly<Record<string, string>>
  /** For the app's command line. */
  readonly args: readonly string[]
  readonly close: () => Promise<void>
}

/**
 * Starts a key store as a desktop session does.
 *
 * @param home the home folder that its keyring lives in; the same folder holds the same keys
 */
export async function startKeyStore (home: string): Promise<KeyStore> {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [address] = await once(createInterface({ input: bus.stdout }), 'line') as [string]
  const env = { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, DBUS_SESSION_BUS_ADDRESS: address }
  const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore'] })
  keyring.stdin.end('a login password')
  await waitForKeyring(address)
  return {
    env,
    args: ['--password-store=gnome-libsecret'],
    close: async () => {
      await end(keyring)
      await end(bus)
    }
  }
}

/**
 * The keyring's file is there before the service has its name on the bus, and the name before the keyring is unlocked:
 * who asked in between would have a second service started, whose keyring asks for a password on a screen that nobody sees.
 */
async function waitForKeyring (address: string): Promise<void> {
  const until = Date.now() + 10_000
  while (!await isOpen(address)) {
    if (Date.now() > until) throw new Error('the Secret Service did not come up')
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}

async function isOpen (address: string): Promise<boolean> {
  const ask = async (...question: readonly string[]): Promise<string> => (await runFile('busctl', [`--address=${address}`, '--auto-start=no', ...question])).stdout
  try {
    const [, keyring = '/'] = (await ask('call', SECRETS, '/org/freedesktop/secrets', `${SECRET}.Service`, 'ReadAlias', 's', 'default')).split('"')
    return keyring !== '/' && (await ask('get-property', SECRETS, keyring, `${SECRET}.Collection`, 'Locked')).trim() === 'b false'
  } catch {
    return false
  }
}

async function end (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
