import { app } from 'electron'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { ownProgram } from '../own-program.ts'
import { createAutostart, type StartAtLogin } from './autostart.ts'

/** Starts without a window. */
const HIDDEN = '--hidden'

/**
 * The system's way to start this copy of the app, with this profile, at login;
 * undefined where there is none: from a checkout, which has no program of its
 * own to start, and in a Flatpak, whose files no desktop reads.
 */
export function findStartAtLogin ({ profile }: { readonly profile: string | undefined }): StartAtLogin | undefined {
  if (!app.isPackaged) return undefined
  const args = [...ownArguments(profile), HIDDEN]
  switch (process.platform) {
    case 'linux': return isFlatpak() ? undefined : onLinux(args, profile)
    case 'win32': return byElectron({ path: ownProgram(), args })
    // macOS passes no arguments: see wasStartedAtLogin.
    case 'darwin': return profile === undefined ? byElectron({}) : undefined
    default: return undefined
  }
}

/** macOS started the app at login, which is its word for `--hidden`. */
export function wasStartedAtLogin (): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
}

/** What this copy was started with that says whose data it takes; a login starts it in another folder. */
function ownArguments (profile: string | undefined): string[] {
  const folder = app.commandLine.getSwitchValue('user-data-dir')
  return [...(folder === '' ? [] : [`--user-data-dir=${resolve(folder)}`]), ...(profile === undefined ? [] : [`--profile=${profile}`])]
}

function onLinux (args: readonly string[], profile: string | undefined): StartAtLogin {
  const config = process.env['XDG_CONFIG_HOME']
  // The specification: a relative path counts as none.
  const folder = join(config !== undefined && isAbsolute(config) ? config : join(homedir(), '.config'), 'autostart')
  const id = process.env['CHROME_DESKTOP']?.replace(/\.desktop$/u, '') ?? 'natter'
  return createAutostart(join(folder, `${id}${profile === undefined ? '' : `-${profile}`}.desktop`), {
    name: profile === undefined ? app.getName() : `${app.getName()} (${profile})`,
    comment: 'Reachable from login on, without a window',
    icon: id,
    exec: [ownProgram(), ...args]
  })
}

function isFlatpak (): boolean {
  return process.env['FLATPAK_ID'] !== undefined || existsSync('/.flatpak-info')
}

function byElectron (options: { readonly path?: string, readonly args?: string[] }): StartAtLogin {
  return {
    isOn: async () => app.getLoginItemSettings(options).openAtLogin,
    set: async (on) => { app.setLoginItemSettings({ ...options, openAtLogin: on }) }
  }
}
