import { readFileSync } from 'node:fs'

/** Connections over IPv4 that stand at the end which listens on a port, from one address. */
export function established (port: number, from: string): number {
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')
  const remote = from.split('.').map(Number).reverse().map((byte) => hex(byte, 2)).join('')
  return readFileSync('/proc/net/tcp', 'utf8').split('\n').filter((line) => {
    const [, local = '', other = '', state] = line.trim().split(/\s+/u)
    return local.endsWith(`:${hex(port, 4)}`) && other.startsWith(`${remote}:`) && state === '01'
  }).length
}
