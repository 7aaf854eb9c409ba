import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { ownAppImage } from '../own-program.ts'
import { PKEXEC } from './install-as-root.ts'

/** Packages of Natter that can be replaced from inside; `manual`: any other. */
export type PackageKind = 'deb' | 'rpm' | 'appimage' | 'nsis' | 'mac' | 'manual'

/** What the process knows of where it runs. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  /** Absolute path of the program. */
  readonly execPath: string
  /** Absolute path of the folder `resources` of the package. */
  readonly resourcesPath: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether this is a package and not a checkout. */
  readonly isPackaged: boolean
  /** Came from the store of Microsoft or Apple. */
  readonly fromStore: boolean
  /** Effective user id; undefined on Windows. */
  readonly uid: number | undefined
}

/** A file that a distribution may put beside the app; its first line says who updates Natter there. */
export const OFF_FILE = 'natter-updates-off'

/** Why somebody else than Natter replaces this copy, as a sentence; undefined where nobody does. */
export async function whoUpdates ({ env, execPath, resourcesPath, isPackaged, fromStore }: Surroundings): Promise<string | undefined> {
  if (!isPackaged) return 'Natter runs from a checkout of its source: update that.'
  if (fromStore) return 'The store that Natter came from updates it.'
  if (env['FLATPAK_ID'] !== undefined) return 'Flatpak updates Natter, together with your other apps.'
  // Terminals of other snaps hand their variables on.
  if (isBelow(execPath, env['SNAP'])) return 'Snap updates Natter, together with your other apps.'
  const line = await readFile(join(resourcesPath, OFF_FILE), 'utf8').catch(() => undefined)
  if (line === undefined) return undefined
  const words = line.split('\n', 1)[0]?.replaceAll(/\p{C}/gu, '').trim().slice(0, 200)
  return words === undefined || words === '' ? 'Your distribution updates Natter.' : words
}

/**
 * Finds out what this copy was installed from, and whether it can be replaced
 * by what the system has. Asks the package managers who owns the program: the
 * file `package-type` that electron-builder leaves says what was built last
 * from a folder, and an archive of that folder says it too.
 */
export async function findPackageKind (surroundings: Surroundings): Promise<PackageKind> {
  const { platform, execPath, env, uid } = surroundings
  if (platform === 'darwin') return 'mac'
  if (platform === 'win32') return await isInstalledByNsis(surroundings) ? 'nsis' : 'manual'
  if (platform !== 'linux') return 'manual'
  if (ownAppImage({ execPath, env }) !== undefined) return 'appimage'
  if (uid !== 0 && !await exists(PKEXEC)) return 'manual'
  if (await succeeds('dpkg-query', '--search', execPath)) return 'deb'
  if (await succeeds('rpm', '--query', '--file', execPath)) return 'rpm'
  return 'manual'
}

/** How the file of a kind of package ends. */
export function extensionOf (kind: PackageKind): string {
  switch (kind) {
    case 'appimage': return 'AppImage'
    case 'nsis': return 'exe'
    case 'mac': return 'zip'
    case 'deb':
    case 'rpm': return kind
    case 'manual': return ''
  }
}

async function isInstalledByNsis ({ env, execPath }: Surroundings): Promise<boolean> {
  if (env['PORTABLE_EXECUTABLE_FILE'] !== undefined) return false
  const name = basename(execPath, extname(execPath))
  return exists(join(dirname(execPath), `Uninstall ${name}.exe`))
}

function isBelow (path: string, folder: string | undefined): boolean {
  return folder !== undefined && folder.startsWith('/') && path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

async function exists (path: string): Promise<boolean> {
  return access(path).then(() => true, () => false)
}

async function succeeds (program: string, ...args: readonly string[]): Promise<boolean> {
  return promisify(execFile)(program, args, { timeout: 10_000 }).then(() => true, () => false)
}
