import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { OpenReport } from '../types.ts'

export type AsideReason = NonNullable<OpenReport['aside']>['reason']

const WORDS: Readonly<Record<AsideReason, string>> = { damaged: 'damaged', newer: 'newer', 'other-key': 'locked' }
/** One page. */
const SMALLEST = 4096
/** What lies beside a database while it is open, or after a crash. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const

/**
 * Gives a database and what belongs to it another name in the same folder,
 * under which nothing was before.
 *
 * @returns the file's new name
 */
export function setAside (path: string, reason: AsideReason, now: number): string {
  const extension = extname(path)
  const stem = `${basename(path, extension)}-${WORDS[reason]}-${new Date(now).toISOString().replace(/[-:]|\.\d+/gu, '')}`
  let name = stem + extension
  for (let count = 2; isTaken(join(dirname(path), name)); count++) name = `${stem}-${count}${extension}`
  // The log goes first: a crash in between must not leave it to be taken for the next database's.
  for (const companion of COMPANIONS.toReversed()) {
    if (existsSync(path + companion)) renameSync(path + companion, join(dirname(path), name + companion))
  }
  rmSync(damageMark(path), { force: true })
  return name
}

/** Lies beside a database that was found damaged while in use: it is to be set aside at the next start. */
export function damageMark (path: string): string {
  return `${path}-damaged`
}

/**
 * Whether a file is there that cannot be a database, and that SQLite would
 * take for an empty one: a few bytes, or a log alone, which it would delete.
 */
export function isStump (path: string): boolean {
  const size = sizeOf(path)
  return size === 0 ? sizeOf(`${path}-wal`) > 0 : size < SMALLEST
}

function sizeOf (path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function isTaken (path: string): boolean {
  return COMPANIONS.some((companion) => existsSync(path + companion))
}
