/** What the window is called: the app, the profile, and how much is unread, '(3) Natter'. */
export function windowTitle (appName: string, unread: number): string {
  return unread === 0 ? appName : `(${unread > 999 ? '999+' : String(unread)}) ${appName}`
}
