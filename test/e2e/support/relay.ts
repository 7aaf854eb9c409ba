import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../../resources/tools/paths.mjs'

/** A relay process on loopback. */
export interface RunningRelay {
  readonly address: string
  readonly close: () => Promise<void>
}

/** Starts the relay as `npm run relay` does, on a port that the system chooses. */
export async function startRelay (flags: readonly string[] = []): Promise<RunningRelay> {
  const data = mkdtempSync(join(tmpdir(), 'natter-relay-'))
  const child = spawn(process.execPath, [join(root, 'main/relay/index.ts'), '--json', '--listen', '/ip4/127.0.0.1/tcp/0', '--data', data, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    rmSync(data, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, multiaddrs } = JSON.parse(line) as { event: string, multiaddrs?: string[] }
    if (event === 'listening') {
      child.stdout.resume()
      return { address: multiaddrs?.[0] ?? '', close }
    }
  }
  await close()
  throw new Error('the relay ended before it listened')
}
