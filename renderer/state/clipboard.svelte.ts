import { call } from '../api.ts'

/** Puts text on the clipboard; answers whether it is there. */
export async function copyText (text: string): Promise<boolean> {
  return (await call('copyText', { text })).ok
}
