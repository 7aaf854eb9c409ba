/** Resolves when the work ends, or after `limit` milliseconds without it. */
export async function within (work: Promise<void>, limit: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => { resolve(undefined) }, limit)
  await Promise.race([work, promise])
  clearTimeout(timer)
}
