/** What a face is drawn from. */
export interface Face {
  /** Degrees on the OKLCH wheel. */
  readonly hue: number
  /** 25 cells, row by row; symmetric from left to right. */
  readonly cells: readonly boolean[]
}

/** FNV-1a, 32 bit. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv (text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  // FNV's low bits mix late; a final avalanche (murmur3) spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * The face of a peer id: the same everywhere, for ever.
 * It helps to tell people apart and proves nothing.
 */
export function faceOf (peerId: string): Face {
  const cells = shapeOf(peerId)
  // Hues stand 15 degrees apart, so that two of them differ to the eye.
  return {
    hue: (fnv(peerId, 0x2545f491) % 24) * 15,
    cells
  }
}

/** A nearly empty or nearly full square is no face: the next hash is tried. */
function shapeOf (peerId: string): readonly boolean[] {
  for (let seed = 0x811c9dc5; ; seed++) {
    const half = fnv(peerId, seed)
    const cells = Array.from({ length: 25 }, (_, i) => {
      const column = i % 5
      return ((half >>> (Math.floor(i / 5) * 3 + (column < 3 ? column : 4 - column))) & 1) === 1
    })
    const filled = cells.filter(Boolean).length
    if (filled >= 8 && filled <= 18) return cells
  }
}

/** The filled cells as one SVG path in a box of 5 by 5. */
export function facePath (face: Face): string {
  return face.cells.flatMap((cell, i) => cell ? [`M${String(i % 5)} ${String(Math.floor(i / 5))}h1v1h-1z`] : []).join('')
}
