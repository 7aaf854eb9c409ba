/** How the app stands on the computer that it runs on. Plain readonly data, like all of the contract. */

/** How Natter stands on this computer. */
export interface Desktop {
  /** Started with `--profile`: its name. */
  readonly profile?: string
  /** Started with `--safe-mode`: no network, and settings as they come. */
  readonly safeMode: boolean
  /** Hidden at login; `unavailable` where the system offers no way. */
  readonly startAtLogin: 'on' | 'off' | 'unavailable'
  /** The system shows our icon in its tray. */
  readonly tray: boolean
  /** Absolute paths of the folders of this profile. */
  readonly folders: { readonly data: string, readonly logs: string }
  /** Reports of crashes that are kept on this computer, newest first. */
  readonly crashes: readonly Crash[]
}

/** A report of a crash; it never leaves this computer by itself. */
export interface Crash {
  /** Name of its file. */
  readonly name: string
  readonly at: number
  /** Which part ended: 'the window', 'the main process', … */
  readonly part: string
}

/** Where updating stands. `notes`: plain text. */
export type Update =
  /** `why`: a sentence. */
  | { readonly kind: 'off', readonly why: string }
  /** Nothing newer, as far as we know. */
  | { readonly kind: 'idle', readonly checkedAt?: number }
  | { readonly kind: 'checking' }
  /** This package cannot replace itself: the person gets the new one where this one came from. */
  | { readonly kind: 'available', readonly version: string, readonly notes: string }
  | { readonly kind: 'downloading', readonly version: string, readonly notes: string, readonly bytes: number, readonly total: number }
  /** It is installed when Natter quits. */
  | { readonly kind: 'ready', readonly version: string, readonly notes: string }
  | { readonly kind: 'failed', readonly message: string, readonly checkedAt: number }

/** What was picked in a post's menu. */
export type MenuPick = 'openLink' | 'copyLink' | 'copyMessage'

/** What the app was asked, from outside the window, to show. */
export type Errand = { readonly id: number } & (
  | { readonly kind: 'invite', readonly link: string }
  /** Somebody clicked a notification. */
  | { readonly kind: 'post', readonly topic: string, readonly order: number }
  | { readonly kind: 'topic', readonly topic: string }
  /** Picked in a menu. */
  | { readonly kind: 'settings', readonly page: 'profile' | 'computer' | 'about' }
)
