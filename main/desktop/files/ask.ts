/** What a dialog for files says. */
export interface FileQuestion {
  readonly title: string
  /** What such files are called: 'Web page'. */
  readonly kind: string
  /** Without its dot. */
  readonly extension: string
}

/** Asks the person for a file; the answer is an absolute path, or undefined where they chose none. */
export interface AskForFile {
  /** `name` is what the file is called if the person does not say otherwise. */
  readonly save: (question: FileQuestion & { readonly name: string }) => Promise<string | undefined>
  readonly open: (question: FileQuestion) => Promise<string | undefined>
}

/** Characters of a suggested name. */
const MAX_NAME = 80

/**
 * A file name that every file system takes, from a topic's title: 'Natter garden 2026-11-22.html'.
 *
 * @param now milliseconds since the Unix epoch
 */
export function suggestName (title: string, now: number, extension: string): string {
  const plain = title.normalize('NFC').replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, '-').trim()
  return `Natter ${[...plain].slice(0, MAX_NAME).join('').replace(/[ .]+$/u, '')} ${new Date(now).toISOString().slice(0, 10)}.${extension}`
}
