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

/**
 * Notifications of the operating system, through Electron.
 *
 * On Linux the server is asked before: libnotify, which Electron uses, waits
 * for the server within the main process's thread, up to 25 s for one that
 * hangs, and whether it draws markup decides how text has to be written.
 * Where nothing can be asked, text is written for markup: the few servers
 * without it then show `&lt;`, and none draws what a peer wrote.
 */
export function createSystemBanners ({ askServer }: SystemBannersDeps): MakeBanner {
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

  return (events) => createBanner(events, server)
}

/** @param server answers once it is known whether showing can work, and how text is to be written */
function createBanner ({ onShow, onClick, onClose, onFail }: BannerEvents, server: () => Promise<BusAnswer>): Banner {
  let shown: Notification | undefined
  let round = 0

  function showNow ({ title, body }: BannerWords): void {
    const again = shown !== undefined
    // Kept here for as long as it may be clicked: one that is collected is deaf.
    const notification = shown ?? new Notification()
    if (!again) {
      shown = notification
      notification.on('show', () => { onShow?.() })
      notification.on('click', onClick)
      notification.on('close', () => { if (shown === notification) forget() })
      notification.on('failed', () => {
        if (shown !== notification) return
        shown = undefined
        onFail?.()
      })
    }
    notification.title = title
    notification.body = body
    // What takes another's place makes no noise.
    notification.silent = again
    notification.show()
  }

  function forget (): void {
    shown = undefined
    onClose?.()
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
      shown = undefined
      notification?.close()
    }
  }
}
