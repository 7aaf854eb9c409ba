import type { DesktopSession } from './desktop-session.ts'

/** Titles of the windows that are shown; panels stand on no desktop. */
export async function windowsOf (session: DesktopSession): Promise<string[]> {
  const lines = await session.run('wmctrl', '-l').catch(() => '')
  return lines.split('\n').flatMap((line) => {
    const [, desktop, title = ''] = /^\S+\s+(-?\d+)\s+\S+\s(.*)$/u.exec(line) ?? []
    return desktop === undefined || desktop === '-1' ? [] : [title]
  })
}

/** Title of the window that has the keyboard, or ''. */
export async function activeWindow (session: DesktopSession): Promise<string> {
  return session.run('xdotool', 'getactivewindow', 'getwindowname').then((name) => name.trim(), () => '')
}
