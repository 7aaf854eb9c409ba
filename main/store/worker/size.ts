/** Bytes of a post's row, its places in indices and its part of the tree, beside payload and text. */
const ROW = 200

/**
 * What a post takes on the disk, about: its payload, its text, and as much
 * again for the words of the text in the search index. Measured over texts of
 * 15 to 15,000 bytes, files are 0.7 to 1.1 times the sum of it.
 *
 * @param payload bytes
 * @param text bytes of UTF-8
 */
export function sizeOnDisk (payload: number, text: number): number {
  return payload + 2 * text + ROW
}

/** Limits that nobody chose are multiples of this. */
const STEP = 100_000_000

/** The least limit of what a topic may take that has room for so many bytes. */
export function limitFor (bytes: number): number {
  return Math.ceil(bytes / STEP) * STEP
}

/** {@link sizeOnDisk} of a row of `post`, in SQL. Reads no text: SQLite has the lengths in the row's head. */
export const SIZE_ON_DISK = `length(payload) + 2 * octet_length(text) + ${String(ROW)}`
