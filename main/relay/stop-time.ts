import { execFile } from 'node:child_process'

/** Seconds beyond the drain, for closing. */
const SPARE = 10

/**
 * Tells systemd that it may take so many seconds until the relay has ended: it
 * would end it after the unit's `TimeoutStopSec`, which knows no `drain-seconds`.
 * A shorter time than the unit's own changes nothing. Node.js cannot write to
 * systemd's socket itself, so systemd's own program does; where the relay is no
 * service, or that program is missing as in a container, nothing is said.
 */
export function askForStopTime (seconds: number, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment['NOTIFY_SOCKET'] === undefined) {
    return
  }
  execFile('systemd-notify', [`EXTEND_TIMEOUT_USEC=${String((seconds + SPARE) * 1_000_000)}`], { env: environment }, () => {})
}
