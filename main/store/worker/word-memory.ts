/** Places a word can be in; where all are taken, one after the other makes room. */
const WAYS = 4
/** Low bits of a slot's second half: the number, plus one; 0 in an empty slot. */
const BITS = 8
const MASK = (1 << BITS) - 1

/** A number for each word, as long as there is room. */
export interface WordMemory {
  readonly get: (word: string) => number | undefined
  /** @param number 0 to 254 */
  readonly set: (word: string, number: number) => void
}

/**
 * Remembers numbers of words in 8 bytes a word, where a `Map` takes about 80
 * and more time. 56 bits tell a word from others, so that one look-up in 10^16
 * finds another word's number. How they come about is drawn anew each time:
 * nobody can choose words that are taken for each other.
 *
 * @param room words, a power of two
 */
export function createWordMemory (room: number): WordMemory {
  /** From the first word on: a database is opened more often than written. */
  let slots = new Uint32Array()
  const [seedA = 0, seedB = 0] = crypto.getRandomValues(new Uint32Array(2))
  const sets = room / WAYS
  let high = 0
  let low = 0
  let turn = 0

  /** Leaves what tells the word from others in `high` and `low`; answers where its places begin. */
  function tell (word: string): number {
    let a = seedA
    let b = seedB
    for (let at = 0; at < word.length; at++) {
      const code = word.charCodeAt(at)
      a = Math.imul(a ^ code, 0x85ebca6b)
      a = a << 13 | a >>> 19
      b = Math.imul(b ^ code, 0xc2b2ae35)
      b = b << 15 | b >>> 17
    }
    a = mix(a ^ word.length)
    b = mix(b ^ a)
    high = a >>> 0
    low = (b & ~MASK) >>> 0
    return (mix(a + b) >>> 0) % sets * WAYS * 2
  }

  /** The slot of the word that was told of last, or -1. */
  function find (first: number): number {
    for (let slot = first; slot < first + 2 * WAYS; slot += 2) {
      const rest = slots[slot + 1] ?? 0
      if (slots[slot] === high && (rest & ~MASK) >>> 0 === low && (rest & MASK) !== 0) return slot
    }
    return -1
  }

  return {
    get: (word) => {
      const slot = find(tell(word))
      return slot === -1 ? undefined : ((slots[slot + 1] ?? 0) & MASK) - 1
    },
    set: (word, number) => {
      if (slots.length === 0) slots = new Uint32Array(2 * room)
      const first = tell(word)
      let slot = find(first)
      for (let at = first; slot === -1 && at < first + 2 * WAYS; at += 2) if (slots[at + 1] === 0) slot = at
      if (slot === -1) slot = first + 2 * (turn++ % WAYS)
      slots[slot] = high
      slots[slot + 1] = low | (number + 1)
    }
  }
}

/** The end of MurmurHash3 (Austin Appleby, public domain). */
function mix (value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
