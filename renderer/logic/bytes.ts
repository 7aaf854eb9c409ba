const encoder = new TextEncoder()

/** Bytes that a text takes as UTF-8. */
export function utf8Length (text: string): number {
  return encoder.encode(text).byteLength
}

/** A whole number with thousands set apart: `16,384`. */
export function grouped (value: number): string {
  return value.toLocaleString('en-GB')
}
