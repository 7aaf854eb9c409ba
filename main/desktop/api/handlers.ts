import type { PrivateKey } from '@libp2p/interface'
import type { Answer, Argument, CallName } from '../../../preload/contract/index.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { ExportedPost } from '../files/format.ts'
import type { AskForFile } from '../files/ask.ts'
import type { Attention, DesktopService } from '../desktop.ts'
import type { Errands } from '../errands.ts'
import type { Keys } from '../keys/keys.ts'
import type { Sealer } from '../keys/sealer.ts'
import type { Notices } from '../notices.ts'
import type { Pushes } from '../push.ts'
import type { ProtocolSamples } from '../protocols/samples.ts'
import type { RelaySources } from '../relay-sources/relay-sources.ts'
import type { Session } from '../session.ts'
import type { Updates } from '../updates/updates.ts'

/** What carries out one call: takes what its schema let through, answers the value, or throws. */
export type Handler<K extends CallName> = (argument: Argument<K>) => Answer<K> | Promise<Answer<K>>

/** One handler for each call of the contract. */
export type Handlers = { readonly [K in CallName]: Handler<K> }

/** What the handlers stand on. Nothing here is Electron's, so that they run in plain Node. */
export interface ApiDeps {
  readonly session: Session
  readonly sources: RelaySources
  readonly settings: SettingsService
  readonly keys: Keys
  readonly notices: Notices
  readonly pushes: Pushes
  readonly errands: Errands
  readonly desktop: DesktopService
  readonly attention: Attention
  readonly updates: Updates
  readonly samples: ProtocolSamples
  /** Absolute path of the simulation's worker. @default its source */
  readonly simulationPath?: string
  /** Tells from now on when nobody can see any more what the window showed. */
  readonly onLeave: (listener: () => void) => void
  readonly sealer: Sealer
  /** Puts text on the system's clipboard. */
  readonly writeClipboard: (text: string) => Promise<void>
  /** Makes windows and menus light or dark. */
  readonly applyTheme: (theme: 'system' | 'light' | 'dark') => void
  /** Hands a web address to the system's browser. */
  readonly openExternal: (url: string) => Promise<void>
  readonly askForFile: AskForFile
  /** Absolute path of the data directory. */
  readonly folder: string
  /** What can be read of a database that was set aside, at an absolute path. */
  readonly readAside: (path: string, key: PrivateKey) => AsyncIterable<ExportedPost>
  readonly version: string
  readonly standIn: boolean
}
