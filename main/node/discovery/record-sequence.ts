import { PeerRecord } from '@libp2p/peer-record'

/** Milliseconds by which a number that libp2p took from the clock may lie back when a record is written. */
const JUST_NOW = 1_000
const write = Reflect.get<PeerRecord, 'marshal'>(PeerRecord.prototype, 'marshal')
const NANOSECONDS = 1_000_000n
let last = 0n

/**
 * Numbers our signed peer records so that each counts for newer than the one before.
 *
 * Trap: libp2p numbers them by the wall clock. After that was set back by three hours, everybody goes on believing
 * the record from before for three hours, with the addresses of then, and hubs pass it on. Records that are
 * read have their numbers already; those that others made are not written again.
 */
export function numberRecords (): void {
  PeerRecord.prototype.marshal = function (this: PeerRecord) {
    if (isNew(this.seqNumber)) this.seqNumber = rising(this.seqNumber)
    return write.call(this)
  }
}

/**
 * Records are numbered above what an earlier run may have used, though its clock was wrong.
 *
 * @param posted the greatest number of a post by then, in nanoseconds; it began at that run's clock
 */
export function continueNumbers (posted: bigint | undefined): void {
  const before = (posted ?? 0n) / NANOSECONDS
  if (before > last) last = before
}

function isNew (sequence: bigint): boolean {
  const age = BigInt(Date.now()) - sequence
  return age >= 0n && age < JUST_NOW
}

function rising (sequence: bigint): bigint {
  last = sequence > last ? sequence : last + 1n
  return last
}
