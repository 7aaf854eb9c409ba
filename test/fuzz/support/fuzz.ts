import process from 'node:process'
import fc from 'fast-check'
import { nearly, nearlyText } from './mutations.ts'

/** Something that reads what others wrote. */
export interface Decoder {
  readonly name: string
  /** What it reads well, to be changed: bytes, or texts. */
  readonly seeds: readonly Uint8Array[] | readonly string[]
  readonly read: (input: never) => unknown
  /** Names of the errors that it may throw; what is no error of these is a fault. @default none */
  readonly throws?: readonly string[]
}

/** Reads bytes. */
export function ofBytes (name: string, seeds: readonly Uint8Array[], read: (bytes: Uint8Array) => unknown, throws: readonly string[] = []): Decoder {
  return { name, seeds, read, throws }
}

/** Reads texts. */
export function ofText (name: string, seeds: readonly string[], read: (text: string) => unknown, throws: readonly string[] = []): Decoder {
  return { name, seeds, read, throws }
}

/** Seconds for all decoders together; what goes over the wire takes three tenths of that again. */
export const SECONDS = Number(process.env['NATTER_FUZZ_SECONDS'] ?? 80)

/** Milliseconds of processor time that one input may take, at the best of three times: the main process is held up by no more. */
const MOST_MS = 50

/** What errors of the program itself say, of whatever kind: nobody meant them. */
const MISTAKE = /Maximum call stack|Invalid (?:array|string|typed array) length|Cannot read propert|Cannot set propert|is not a function|is not iterable|is not defined|before initialization|out of memory|Array buffer allocation/u

/**
 * Feeds a decoder with what nearly is right, for so long.
 *
 * @returns how many inputs it was given
 * @throws {Error} with the input, made as short as possible, and the seed to repeat it by
 */
export async function fuzz ({ name, seeds, read, throws = [] }: Decoder, seconds: number): Promise<number> {
  const inputs: fc.Arbitrary<Uint8Array | string> = areTexts(seeds) ? nearlyText(seeds) : nearly(seeds)
  const decode = read as (input: Uint8Array | string) => unknown
  // What is right must be read: else the inputs reach nothing.
  for (const seed of seeds) await decode(seed)
  const attempt = async (input: Uint8Array | string): Promise<number> => {
    const begin = process.threadCpuUsage()
    try {
      const result = decode(input)
      if (result instanceof Promise) await result
    } catch (error) {
      if (!(error instanceof Error) || !throws.includes(error.name) || MISTAKE.test(error.message)) throw new Error(`${name} throws ${String(error)}`, { cause: error })
    }
    const { user, system } = process.threadCpuUsage(begin)
    return (user + system) / 1_000
  }
  const result = await fc.check(fc.asyncProperty(inputs, async (input) => {
    let took = await attempt(input)
    for (let again = 0; again < 2 && took > MOST_MS; again++) took = Math.min(took, await attempt(input))
    if (took > MOST_MS) throw new Error(`${name} takes ${took.toFixed(0)} ms for an input of ${String(input.length)}`)
  }), { numRuns: 1_000_000_000, interruptAfterTimeLimit: seconds * 1_000, markInterruptAsFailure: false, endOnFailure: false })
  if (result.failed) throw new Error(fc.defaultReportMessage(result), { cause: result.errorInstance })
  return result.numRuns
}

function areTexts (seeds: Decoder['seeds']): seeds is readonly string[] {
  return typeof seeds[0] === 'string'
}
