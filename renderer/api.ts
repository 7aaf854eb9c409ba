import { fail, type Answer, type Api, type Argument, type CallName, type PushBatch, type Result } from '../preload/contract/index.ts'

declare global {
  interface Window { readonly api: Api }
}

/**
 * Calls the main process.
 *
 * The contract throws nothing; a bridge that is gone (the main process ended,
 * the argument had the wrong shape) still rejects, and becomes a sentence here.
 */
export async function call<K extends CallName> (name: K, argument: Argument<K>): Promise<Result<Answer<K>>> {
  try {
    const ask = window.api[name] as (argument: Argument<K>) => Promise<Result<Answer<K>>>
    return await ask(argument)
  } catch {
    return fail('ERR_BRIDGE', 'This window lost touch with the rest of Natter. Close it and start Natter again.')
  }
}

/** Hears every batch of pushes from now on. */
export function onPush (listener: (batch: PushBatch) => void): () => void {
  return window.api.onPush(listener)
}
