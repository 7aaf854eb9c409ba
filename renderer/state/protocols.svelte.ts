import type { ProtocolSample } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** Milliseconds between two askings; what is pushed ends 30 s after the last. */
const RENEW = 12_000
/** Samples that are held: two protocols in 61 spans. */
const MOST = 122

/** What each protocol cost of late, while somebody looks. */
class Protocols {
  /** Oldest first. */
  samples = $state.raw<readonly ProtocolSample[]>([])
  /** The first answer is there. */
  known = $state(false)
  /** Why it could not be asked, as a sentence; '' where it could. */
  error = $state('')

  /** Looks from now on; answers a function that ends it. */
  watch (): () => void {
    let live = true
    const ask = async (): Promise<void> => {
      const result = await call('watchProtocols', {})
      if (!live) return
      this.known = true
      this.error = result.ok ? '' : result.message
      if (result.ok) this.samples = result.value
    }
    void ask()
    const timer = setInterval(() => { void ask() }, RENEW)
    return () => {
      live = false
      clearInterval(timer)
      void call('unwatchProtocols', {})
    }
  }

  apply (sample: ProtocolSample): void {
    const others = this.samples.filter(({ protocol, from }) => protocol !== sample.protocol || from !== sample.from)
    this.samples = [...others, sample].slice(-MOST)
  }

  forget (): void {
    this.known = false
    this.samples = []
  }
}

export const protocols = new Protocols()
