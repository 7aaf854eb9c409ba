import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A network without a way out, in which apps find each other by mDNS. */
export interface Network {
  /** What to put before a command, so that it runs in there. */
  readonly enter: readonly string[]
  readonly close: () => Promise<void>
}

/** Makes a network namespace that has loopback alone, multicast included. It lives as long as the process that holds it. */
export async function openNetwork (): Promise<Network> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo && echo ready && exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]) as [unknown]
  if (!Buffer.isBuffer(first)) throw new Error('no network namespace could be made')
  return {
    enter: ['nsenter', `--net=/proc/${String(holder.pid)}/ns/net`, '--'],
    close: async () => {
      const gone = once(holder, 'exit')
      holder.stdin.end()
      await gone
    }
  }
}
