import type { Locator } from '@playwright/test'
import { launchApp, type LaunchedApp, type LaunchOptions } from '../../e2e/support/app.ts'
import { serveLines } from './serve-lines.ts'

// Drives a real window from inside its network namespace: playwright talks to
// the app over loopback, which another namespace cannot reach.

interface Part { readonly role: Parameters<LaunchedApp['page']['getByRole']>[0], readonly name?: string }

/** Milliseconds that a part of the window may take to appear. */
const APPEAR_WITHIN = 15_000

let launched: LaunchedApp | undefined

function app (): LaunchedApp {
  if (launched === undefined) {
    throw new Error('the window was not launched')
  }
  return launched
}

function part ({ role, name }: Part): Locator {
  return app().page.getByRole(role, name === undefined ? {} : { name, exact: true })
}

serveLines({
  launch: async (options: LaunchOptions) => {
    launched = await launchApp(options)
    launched.page.setDefaultTimeout(APPEAR_WITHIN)
  },
  click: async (where: Part) => { await part(where).click() },
  check: async (where: Part) => { await part(where).check() },
  fill: async ({ text, ...where }: Part & { text: string }) => { await part(where).fill(text) },
  press: async ({ key }: { key: string }) => { await app().page.keyboard.press(key) },
  text: async (where: Part) => part(where).innerText(),
  value: async (where: Part) => part(where).inputValue(),
  isChecked: async (where: Part) => part(where).isChecked(),
  count: async (where: Part) => part(where).count(),
  posts: async () => app().page.getByRole('list', { name: 'Posts' }).getByRole('listitem').allInnerTexts(),
  call: async ({ name, argument }: { name: string, argument: unknown }) =>
    app().page.evaluate(async ([call, value]) => (window as unknown as { api: Record<string, (argument: unknown) => Promise<unknown>> }).api[call]?.(value), [name, argument] as const),
  screenshot: async ({ path }: { path: string }) => { await app().page.screenshot({ path }) },
  close: async () => { await app().close() }
})
