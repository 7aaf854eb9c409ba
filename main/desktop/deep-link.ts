/** Scheme of Natter's links; each invite begins with it. */
export const LINK_SCHEME = 'natter'

/** Characters of a command line's link that are looked at; one over it is no link of ours. */
const MAX_LENGTH = 16_384

/**
 * The link that a command line asks to open: its first word of our scheme.
 * Chromium mixes switches of its own into command lines, so places mean nothing.
 */
export function findLink (argv: readonly string[]): string | undefined {
  return argv.find((word) => word.length <= MAX_LENGTH && /^natter:\/\//iu.test(word))
}
