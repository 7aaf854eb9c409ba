import { setTimeout as sleep } from 'node:timers/promises'
import { askBus } from '../session-bus.ts'

/** Whether anybody shows icons in a tray. */
export type TrayHost = 'there' | 'missing' | 'unknown'

/** Milliseconds after which it is looked again; a session's panel comes up beside what starts at login. */
const LOOKS = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/**
 * Whether the Linux desktop shows tray icons now: a StatusNotifierWatcher runs
 * on the session's bus and says that somebody draws its items. GNOME has none
 * without an extension. Icons of the older kind (XEmbed) cannot be asked for.
 */
export async function findTrayHost (ask: typeof askBus = askBus): Promise<TrayHost> {
  const answer = await ask({ name: 'org.kde.StatusNotifierWatcher', path: '/StatusNotifierWatcher', asks: { property: 'IsStatusNotifierHostRegistered' } })
  if (answer.kind === 'unknown') return 'unknown'
  return answer.kind === 'answered' && answer.text.includes('true') ? 'there' : 'missing'
}

/** Waits for a tray for a minute; the last answer. */
export async function waitForTrayHost (signal: AbortSignal, find: typeof findTrayHost = findTrayHost): Promise<TrayHost> {
  let found: TrayHost = 'missing'
  for (const pause of LOOKS) {
    await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) break
    found = await find()
    if (found !== 'missing') break
  }
  return found
}
