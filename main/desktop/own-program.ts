/** What {@link ownProgram} is read from. */
export interface ProgramFacts {
  readonly execPath: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The file that starts this copy of the app again: absolute path. An AppImage
 * and a portable Windows program run from a folder that ends with them, so it
 * is their own file then. Their variables are believed only from inside that
 * folder: a program that another AppImage started has that one's.
 */
export function ownProgram ({ execPath, env }: ProgramFacts = process): string {
  const { APPIMAGE: appImage, APPDIR: mount, PORTABLE_EXECUTABLE_FILE: portable } = env
  if (appImage?.startsWith('/') === true && mount?.startsWith('/') === true && execPath.startsWith(mount.endsWith('/') ? mount : `${mount}/`)) return appImage
  return portable !== undefined && process.platform === 'win32' ? portable : execPath
}
