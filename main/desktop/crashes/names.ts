import type { Crash } from '../../../preload/contract/index.ts'

/** The processes of the app as names of files have them, and in words. */
export const PARTS = {
  main: 'the main process',
  window: 'the window',
  graphics: 'the graphics process',
  network: 'the page\'s network process',
  helper: 'a helper process'
} as const

export type Part = keyof typeof PARTS

/** The file name of a report: `crash-20261122T101500123Z-window.txt`. */
export function reportName (at: number, part: Part): string {
  return `crash-${new Date(at).toISOString().replaceAll(/[-:.]/gu, '')}-${part}.txt`
}

/** What a report's file name says; undefined for a file of another name. */
export function readName (name: string): Crash | undefined {
  const groups = /^crash-(?<date>\d{8})T(?<time>\d{9})Z-(?<part>[a-z]+)\.txt$/u.exec(name)?.groups
  const { date = '', time = '', part = '' } = groups ?? {}
  const at = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}.${time.slice(6)}Z`)
  if (Number.isNaN(at) || !Object.hasOwn(PARTS, part)) return undefined
  return { name, at, part: PARTS[part as Part] }
}
