import { jumpMeter } from '../wake.ts'

interface Timed { validUntilMs: number }
interface Expiring { expire: number }

/** The dates that a router keeps to itself, and when it looks at them (gossipsub 17.1.1, floodsub 11.0.28); Floodsub has the first alone. */
interface Dated {
  readonly seenCache: { readonly entries: Map<unknown, Timed>, lastPruneTime?: number, put: (...entry: unknown[]) => unknown }
  heartbeat?: () => Promise<void>
  /** Until when a peer that pruned us stays out of the mesh, by topic and peer. */
  readonly backoff?: Map<string, Map<string, number>>
  readonly fanoutLastpub?: Map<string, number>
  readonly gossipTracer?: { readonly promises: Map<string, Map<string, number>> }
  readonly score?: {
    background: () => void
    readonly scoreCache: Map<string, unknown>
    readonly peerStats: Map<string, Expiring>
    readonly deliveryRecords: { readonly queue: { readonly length: number, get: (index: number) => Expiring | undefined } }
  }
}

/**
 * Moves a router's dates with the wall clock when that is set, before the router looks at them.
 *
 * Trap: routers count by the wall clock. After it was set back by three hours, a peer that pruned us stays out of the
 * mesh for three hours, scores stand still and what was seen is remembered so long; set ahead, all posts that were
 * seen are taken for new ones, and peers are punished for answers that are not late.
 */
export function moveDates (router: unknown): void {
  const dated = router as Dated
  const jumped = jumpMeter()
  const follow = (): void => {
    const by = jumped()
    if (by !== 0) move(dated, by)
  }
  const { seenCache, heartbeat, score } = dated
  const put = seenCache.put.bind(seenCache)
  seenCache.put = (...entry) => {
    follow()
    return put(...entry)
  }
  if (heartbeat !== undefined) {
    dated.heartbeat = async () => {
      follow()
      return heartbeat.call(dated)
    }
  }
  if (score === undefined) return
  const background = score.background.bind(score)
  score.background = () => {
    follow()
    background()
  }
}

function move ({ seenCache, backoff, fanoutLastpub, gossipTracer, score }: Dated, by: number): void {
  for (const entry of seenCache.entries.values()) entry.validUntilMs += by
  if (seenCache.lastPruneTime !== undefined) seenCache.lastPruneTime += by
  for (const dates of [...backoff?.values() ?? [], ...gossipTracer?.promises.values() ?? [], ...fanoutLastpub === undefined ? [] : [fanoutLastpub]]) {
    for (const [key, date] of dates) dates.set(key, date + by)
  }
  if (score === undefined) return
  score.scoreCache.clear()
  for (const stats of score.peerStats.values()) stats.expire += by
  const { queue } = score.deliveryRecords
  for (let index = 0; index < queue.length; index++) {
    const entry = queue.get(index)
    if (entry !== undefined) entry.expire += by
  }
}
