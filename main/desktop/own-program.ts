/** What {@link ownProgram} is read from. */
export interface ProgramFacts {
  readonly execPath: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The AppImage that this copy of the app runs from; undefined where it is none.
 * It runs from a folder that ends with it. The variables are believed only from
 * inside that folder: a program that another AppImage started has that one's.
 */
export function ownAppImage ({ execPath, env }: ProgramFacts): string | undefined {
  const { APPIMAGE: file, APPDIR: mount } = env
  const isOurs = file?.startsWith('/') === true && mount?.startsWith('/') === true && execPath.startsWith(mount.endsWith('/') ? mount : `${mount}/`)
  return isOurs ? file : undefined
}

/**
 * The file that starts this copy of the app again: absolute path. An AppImage
 * and a portable Windows program run from a folder that ends with them, so it
 * is their own file then.
 */
export function ownProgram (facts: ProgramFacts = process): string {
  const portable = facts.env['PORTABLE_EXECUTABLE_FILE']
  return ownAppImage(facts) ?? (portable !== undefined && process.platform === 'win32' ? portable : facts.execPath)
}
