import { multiaddr } from '@multiformats/multiaddr'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, expect, it } from 'vitest'
import { openRecord } from '../../../main/node/discovery/records.ts'
import { continueNumbers, numberRecords } from '../../../main/node/discovery/record-sequence.ts'
import { setWallClock } from '../../support/wall-clock.ts'
import { makePeer } from '../support/peers.ts'

const HOUR = 3_600_000
const { key } = await makePeer()
numberRecords()
afterEach(() => { setWallClock(0) })

async function make (seqNumber?: bigint): Promise<bigint> {
  const record = new PeerRecord({ peerId: peerIdFromPrivateKey(key), multiaddrs: [multiaddr('/ip4/203.0.113.7/tcp/4001')], ...(seqNumber === undefined ? {} : { seqNumber }) })
  return (await openRecord((await RecordEnvelope.seal(record, key)).marshal())).sequence
}

it('each of our records counts for newer than the one before, also after the clock was set back', async () => {
  const numbers: bigint[] = []
  for (const hours of [0, 0, 0, -3, -3, 0, 5, -365 * 24, 0]) {
    setWallClock(hours * HOUR)
    numbers.push(await make())
  }
  numbers.forEach((number, index) => { if (index > 0) expect(number).toBeGreaterThan(numbers[index - 1] ?? 0n) })
  expect(Number(numbers[6]) - Date.now()).toBeGreaterThan(4 * HOUR)
})

it('a record keeps its number once it has one, and those of others keep theirs', async () => {
  expect(await make(5n)).toBe(5n)
  const record = new PeerRecord({ peerId: peerIdFromPrivateKey(key), multiaddrs: [] })
  expect(record.marshal()).toEqual(record.marshal())
  const read = PeerRecord.createFromProtobuf(record.marshal())
  expect(read.seqNumber).toBe(record.seqNumber)
})

it('the records of a run begin above those of an earlier one whose clock was ahead', async () => {
  const hour = BigInt(Date.now() + 9 * HOUR)
  continueNumbers(hour * 1_000_000n + 5n)
  continueNumbers(undefined)
  continueNumbers(7n)
  expect(await make()).toBe(hour + 1n)
})
