import { expect, it } from 'vitest'
import { FILE_DECODERS } from './support/file-decoders.ts'
import { fuzz, SECONDS } from './support/fuzz.ts'
import { TEXT_DECODERS } from './support/text-decoders.ts'
import { WIRE_DECODERS } from './support/wire-decoders.ts'

const decoders = [...WIRE_DECODERS, ...FILE_DECODERS, ...TEXT_DECODERS]
const share = SECONDS / decoders.length

/** Inputs in a second that a decoder takes in at least, where a machine is busy too. */
const LEAST_PER_SECOND = 50

it.each(decoders)('$name: whatever comes is read, or refused in words, at once', async (decoder) => {
  const count = await fuzz(decoder, share)
  console.log(`${decoder.name}: ${count.toLocaleString('en')} inputs in ${share.toFixed(0)} s`)
  expect(count).toBeGreaterThan(share * LEAST_PER_SECOND)
}, 60_000 + 2_000 * share)
