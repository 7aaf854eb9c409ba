import { ListenError } from '../node/relay/relay-node.ts'
import { StoreError } from '../store/errors.ts'
import { ConfigError } from './config/config-error.ts'
import { help } from './config/help.ts'
import { readConfig, type ToldConfig } from './config/read-config.ts'
import type { RelayConfig } from './config/types.ts'
import { checkHealth } from './health.ts'
import { run } from './run.ts'
import { TlsError } from './tls/errors.ts'
import { openTls } from './tls/index.ts'

/** The first signal; the second ends the process at once. */
async function firstSignal (): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) {
          process.exit(1)
        }
        asked = true
        resolve(signal)
      })
    }
  })
}

const read = (): ToldConfig => readConfig(process.argv.slice(2), process.env)

/** @throws {TlsError} if the certificate's files are no use */
async function checkFiles ({ tls, data }: RelayConfig): Promise<void> {
  if (tls?.kind === 'files') {
    await (await openTls(tls, data, () => {})).close()
  }
}

/** @returns the exit code */
async function main (): Promise<number> {
  const told = read()
  switch (told.mode) {
    case 'help':
      process.stdout.write(help())
      return 0
    case 'check':
      await checkFiles(told.config)
      process.stdout.write('Nothing is wrong with the configuration.\n')
      return 0
    case 'health-check': {
      const { isWell, words } = await checkHealth(told.config)
      process.stdout.write(`${words}\n`)
      return isWell ? 0 : 1
    }
    case 'run':
      await run(told, { read, signalled: firstSignal() })
      return 0
  }
}

// Who reads our output may go first.
process.stdout.on('error', () => {})
// A stream that a peer resets at the wrong moment must not end the relay for everybody. The name alone: a message may quote the peer.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`An error was not handled: ${error instanceof Error ? error.name : typeof error}.\n`)
})

try {
  process.exit(await main())
} catch (error) {
  const told = error instanceof ConfigError || error instanceof ListenError || error instanceof TlsError || error instanceof StoreError
  process.stderr.write(`${told ? error.message : `The relay could not be started: ${error instanceof Error ? error.message : String(error)}`}\n`)
  process.exit(told ? 2 : 1)
}
