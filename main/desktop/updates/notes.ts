/** Bytes of UTF-8 that are kept of a release's notes. */
export const MAX_NOTES_BYTES = 16_384

/**
 * Release notes as the window shows them: plain text, its lines kept. Control
 * characters go, and those that turn the direction of text or cannot be seen.
 */
export function cleanNotes (text: string): string {
  const clean = text
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}/gu, '')
    .trim()
  const bytes = Buffer.from(clean, 'utf8')
  if (bytes.length <= MAX_NOTES_BYTES) return clean
  // A character that the cut divides comes back as a replacement.
  return `${bytes.subarray(0, MAX_NOTES_BYTES - 3).toString('utf8').replace(/\uFFFD$/u, '')}…`
}
