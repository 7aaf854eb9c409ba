/** What the relay was told cannot be done. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** Each a sentence that says what is wrong, with where it stands in front. */
  readonly problems: readonly string[]

  constructor (problems: string | readonly string[], options?: ErrorOptions) {
    const all = typeof problems === 'string' ? [problems] : problems
    super(all.join('\n'), options)
    this.problems = all
  }
}
