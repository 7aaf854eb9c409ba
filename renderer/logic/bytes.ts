const encoder = new TextEncoder()

/** Bytes that a text takes as UTF-8. */
export function utf8Length (text: string): number {
  return encoder.encode(text).byteLength
}

/** A size as people compare it, in steps of a thousand: `940 kB`, `12.3 MB`, `1.5 GB`. */
export function sizeWords (bytes: number): string {
  // What would be rounded up to a thousand is said in the next unit.
  if (bytes < 999_500) return `${String(Math.round(bytes / 1e3))} kB`
  return bytes < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** A whole number with thousands set apart: `16,384`. */
export function grouped (value: number): string {
  return value.toLocaleString('en-GB')
}
