import { app, clipboard, nativeTheme, safeStorage, session, shell } from 'electron'
import type { AskForFile } from './files/ask.ts'
import { fileDialogs } from './files/dialogs.ts'
import { createSealer, type Sealer } from './keys/sealer.ts'
import { readBuildConfig } from './updates/build-config.ts'

/** What the operating system and Electron give to parts that know neither. */
export interface System {
  readonly version: string
  /** The app runs on the old stand-in runtime; `npm start` and the tests say so. */
  readonly standIn: boolean
  readonly sealer: Sealer
  readonly writeClipboard: (text: string) => Promise<void>
  readonly applyTheme: (theme: 'system' | 'light' | 'dark') => void
  readonly askForFile: AskForFile
  /** Hands a web address to the system's browser. Whether it may be is decided before. */
  readonly openExternal: (url: string) => Promise<void>
  /** References of the signed lists of relays that this package brings. */
  readonly shippedRelayLists: () => Promise<readonly string[]>
  /** Which proxy the system names for a web address, in the words of PAC files; Chromium reads its settings, on Linux also `http_proxy` and the like. */
  readonly resolveProxy: (url: string) => Promise<string>
}

/** The session that goes the way that the system's settings name, as sessions do of themselves. */
export const SYSTEM_PROXY = 'natter-system-proxy'

/** Versions and the system, for logs and reports; nothing that tells one computer of a kind from another. */
export function describeRuntime (): { readonly version: string, readonly runtime: string } {
  const { electron = '', chrome = '', node } = process.versions
  return { version: app.getVersion(), runtime: `Electron ${electron}, Chromium ${chrome}, Node ${node}, ${process.platform} ${process.arch} ${process.getSystemVersion()}` }
}

/** Reads the system once the app is ready. */
export function getSystem (): System {
  return {
    version: app.getVersion(),
    standIn: process.env['NATTER_STAND_IN'] === '1',
    sealer: createSealer(safeStorage),
    // Newer versions of Electron answer a promise.
    writeClipboard: async (text) => { await clipboard.writeText(text) },
    applyTheme: (theme) => { nativeTheme.themeSource = theme },
    askForFile: fileDialogs,
    openExternal: async (url) => { await shell.openExternal(url) },
    shippedRelayLists: async () => (await readBuildConfig(app.getAppPath()))?.relayLists ?? [],
    // The page's own session leads nowhere (see guard.ts).
    resolveProxy: async (url) => session.fromPartition(SYSTEM_PROXY, { cache: false }).resolveProxy(url)
  }
}
