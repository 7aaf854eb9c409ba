import { Notification } from 'electron'
import type { BusAnswer } from '../session-bus.ts'
import type { Banner, BannerEvents, BannerWords, MakeBanner } from './banner.ts'
import { escapeMarkup } from './words.ts'

/** Milliseconds for which the server's answer is taken as it was: sessions change their server seldom. */
const ANSWER_AGE = 30_000
/** Milliseconds for which one that does not answer counts as not there. */
const SILENCE_AGE = 5_000

/** What {@link createSystemBanners} stands on. */
export interface SystemBannersDeps {
  /** Asks the notification server what it can do. Undefined where there is no such thing to ask: not on Linux. */
  readonly askServer: (() => Promise<BusAnswer>) | undefined
}

/** Notifications of the operating system. */
export interface SystemBanners {
  readonly make: MakeBanner
  /** Closes all that are shown: after the app's end a click would lead nowhere. */
  readonly closeAll: () => void
}

/**
 * Notifications of the operating system, through Electron.
 *
 * On Linux the server is asked before: libnotify, which Electron uses, waits
 * for the server within the main process's thread, up to 25 s for one that
 * hangs, and whether it draws markup decides how text has to be written.
 * Where nothing can be asked, text is written for markup: the few servers
 * without it then show `&lt;`, and none draws what a peer wrote.
 */
export function createSystemBanners ({ askServer }: SystemBannersDeps): SystemBanners {
  const open = new Set<Notification>()
  let answer: Promise<BusAnswer> | undefined
  let goodUntil = -Infinity

  async function server (): Promise<BusAnswer> {
    if (askServer === undefined) return { kind: 'answered', text: '' }
    if (answer === undefined || performance.now() > goodUntil) {
      goodUntil = Infinity
      answer = askServer().then((given) => {
        goodUntil = performance.now() + (given.kind === 'silent' ? SILENCE_AGE : ANSWER_AGE)
        return given
      })
    }
    return answer
  }

  return {
    make: (events) => createBanner(events, { server, open }),
    closeAll: () => { for (const notification of open) notification.close() }
  }
}

interface BannerDeps {
  /** Answers once it is known whether showing can work, and how text is to be written. */
  readonly server: () => Promise<BusAnswer>
  /** Kept here for as long as they may be clicked: one that is collected is deaf. */
  readonly open: Set<Notification>
}

function createBanner ({ onClick, onClose, onFail }: BannerEvents, { server, open }: BannerDeps): Banner {
  let shown: Notification | undefined
  let round = 0

  function showNow ({ title, body }: BannerWords): void {
    const isFirst = shown === undefined
    const notification = shown ?? create()
    notification.title = title
    notification.body = body
    // What takes another's place makes no noise.
    notification.silent = !isFirst
    notification.show()
  }

  function create (): Notification {
    const notification = new Notification()
    shown = notification
    open.add(notification)
    notification.on('click', () => {
      // Not every server closes what was clicked.
      if (forget(notification)) notification.close()
      onClick()
    })
    notification.on('close', () => { if (forget(notification)) onClose?.() })
    notification.on('failed', () => { if (forget(notification)) onFail?.() })
    return notification
  }

  /** @returns whether it was the one that is shown */
  function forget (notification: Notification): boolean {
    open.delete(notification)
    if (shown !== notification) return false
    shown = undefined
    return true
  }

  return {
    show: ({ title, body }) => {
      const mine = ++round
      void server().then((answer) => {
        if (mine !== round) return
        if (answer.kind === 'silent') onFail?.()
        else showNow({ title, body: answer.kind === 'unknown' || answer.text.includes('body-markup') ? escapeMarkup(body) : body })
      })
    },
    close: () => {
      round++
      const notification = shown
      if (notification === undefined) return
      forget(notification)
      notification.close()
    }
  }
}
