import process from 'node:process'

/** Whether attacks last as long as docs/security.md says: `npm run hostile`. In the suite they are shorter. */
export const IS_FULL_LENGTH = process.env['NATTER_HOSTILE'] === 'full'

/** Honest posts during an attack, 20 a second. */
export const POSTS = IS_FULL_LENGTH ? 600 : 160

/** Peer ids that come and go. */
export const VISITORS = IS_FULL_LENGTH ? 10_000 : 1_000

/** Seconds of each attack on a desktop. */
export const ATTACK_SECONDS = IS_FULL_LENGTH ? 20 : 8
