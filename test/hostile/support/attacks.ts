import { DESKTOP_ATTACKS } from './desktop-attacks.ts'
import { MEMORY_ATTACKS } from './memory-attacks.ts'

/** What a process of attackers can be told to do. */
export const ATTACKS = { ...MEMORY_ATTACKS, ...DESKTOP_ATTACKS }
export type AttackName = keyof typeof ATTACKS
