import { MovingAverage } from '@libp2p/utils'
import { monotonicNow } from '../clock.ts'

const push = Reflect.get<MovingAverage, 'push'>(MovingAverage.prototype, 'push')

/**
 * Averages durations by a clock that only moves forward.
 *
 * Symptom: after its wall clock was set back, a relay asks nobody in the DHT any more until it is restarted.
 * Cause: a moving average weighs each value by the time since the last one. With a negative time the weight is
 * infinite and the average no number; the timeout of each request is taken from it, and `AbortSignal.timeout` throws.
 * Fix: the time is taken from `monotonicNow`, and a duration is never less than nothing.
 * Scope: every `AdaptiveTimeout`; of what Natter uses, kad-dht's (@libp2p/utils 7.4.1).
 * Upstream: none filed (2026-12-01).
 * Can go when: test/net/relay/dht-clock.test.ts passes without this.
 */
export function steadyAverages (): void {
  MovingAverage.prototype.push = function (this: MovingAverage, value: number) {
    push.call(this, Math.max(0, value), monotonicNow())
  }
}
