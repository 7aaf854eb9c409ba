import { launchApp, type LaunchedApp, type LaunchOptions } from '../../e2e/support/app.ts'
import { WindowUser } from '../../e2e/support/window-user.ts'
import { serveLines, type Commands } from './serve-lines.ts'

// Drives a real window from inside its network namespace: playwright talks to
// the app over loopback, which another namespace cannot reach.

let launched: LaunchedApp | undefined
let user: WindowUser | undefined

function window (): { app: LaunchedApp, user: WindowUser } {
  if (launched === undefined || user === undefined) {
    throw new Error('the window was not launched')
  }
  return { app: launched, user }
}

const commands: Commands = {
  launch: async (options: LaunchOptions) => {
    launched = await launchApp(options)
    user = new WindowUser(launched.page)
    await launched.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.setContentSize(1_280, 800) })
  },
  introduce: async (argument: Parameters<WindowUser['introduce']>[0]) => window().user.introduce(argument),
  start: async (argument: Parameters<WindowUser['start']>[0]) => window().user.start(argument),
  addRelay: async (argument: Parameters<WindowUser['addRelay']>[0]) => window().user.addRelay(argument),
  useProxy: async (argument: Parameters<WindowUser['useProxy']>[0]) => window().user.useProxy(argument),
  relays: async () => window().user.relays(),
  addRelayName: async (argument: Parameters<WindowUser['addRelayName']>[0]) => window().user.addRelayName(argument),
  agreeToRelay: async (argument: Parameters<WindowUser['agreeToRelay']>[0]) => window().user.agreeToRelay(argument),
  invite: async () => window().user.invite(),
  join: async (argument: Parameters<WindowUser['join']>[0]) => window().user.join(argument),
  post: async (argument: Parameters<WindowUser['post']>[0]) => window().user.post(argument),
  posts: async () => window().user.posts(),
  people: async () => window().user.people(),
  reachability: async () => window().user.reachability(),
  ways: async () => window().user.ways(),
  switchTo: async (argument: Parameters<WindowUser['switchTo']>[0]) => window().user.switchTo(argument),
  network: async () => window().user.network(),
  hideNetwork: async () => window().user.hideNetwork(),
  card: async (argument: Parameters<WindowUser['card']>[0]) => window().user.card(argument),
  directConnections: async (argument: Parameters<WindowUser['directConnections']>[0]) => window().user.directConnections(argument),
  routerPort: async (argument: Parameters<WindowUser['routerPort']>[0]) => window().user.routerPort(argument),
  setTheme: async (argument: Parameters<WindowUser['setTheme']>[0]) => window().user.setTheme(argument),
  showSettings: async (argument: Parameters<WindowUser['showSettings']>[0]) => window().user.showSettings(argument),
  hideSettings: async () => window().user.hideSettings(),
  screenshot: async ({ path }: { path: string }) => { await window().app.page.screenshot({ path }) },
  output: () => window().app.output(),
  close: async () => { await launched?.close() }
}

serveLines(commands)
