import { FlagError } from './flag-error.ts'

/** Days and bytes of history that a hub keeps where only the time was named. */
const DEFAULT_BYTES = 2 ** 30
const MOST = { days: 36_500, bytes: 2 ** 40 } as const

const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 }
const BYTES: Readonly<Record<string, number>> = {
  '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40
}

/**
 * Reads `--keep-history` and `--max-history-bytes`.
 *
 * @throws {FlagError} for what is no time or no size, and for a hub that is none
 */
export function readHistory (time: string | undefined, size: string | undefined, noHub: boolean): { readonly days: number, readonly maxBytes: number } | undefined {
  if (time === undefined) {
    if (size === undefined) return undefined
    throw new FlagError('--max-history-bytes needs --keep-history, which says for how long posts are kept.')
  }
  if (noHub) throw new FlagError('--keep-history needs a hub: leave --no-hub out.')
  const days = measure(time, DAYS)
  if (days === undefined || days < 1 / 24 || days > MOST.days) {
    throw new FlagError(`--keep-history takes a time such as 12h, 30d or 1y, at least an hour and at most 100 years, not '${time}'.`)
  }
  const maxBytes = size === undefined ? DEFAULT_BYTES : measure(size, BYTES)
  if (maxBytes === undefined || maxBytes < 1_000_000 || maxBytes > MOST.bytes) {
    throw new FlagError(`--max-history-bytes takes a size such as 500MB or 2GiB, at least 1MB and at most 1TiB, not '${size ?? ''}'.`)
  }
  return { days, maxBytes: Math.floor(maxBytes) }
}

/** A number with a unit behind it, in the unit's base. */
function measure (text: string, units: Readonly<Record<string, number>>): number | undefined {
  const { number = '', unit = '' } = /^(?<number>\d{1,15}(?:\.\d{1,3})?) ?(?<unit>[a-z]{0,3})$/iu.exec(text)?.groups ?? {}
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return number === '' || factor === undefined ? undefined : Number(number) * factor
}
