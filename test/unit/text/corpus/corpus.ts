import distortions from './distortions.json' with { type: 'json' }
import wrappings from './wrappings.json' with { type: 'json' }

/** What stands around a link, as some program or person puts it there. */
export interface Wrapping {
  readonly from: string
  readonly before: string
  readonly after: string
  /** It stands around names as well. */
  readonly names?: boolean
}

/** What some program does to a link itself. */
export interface Distortion {
  readonly by: string
  /** Pairs of what is replaced, everywhere, and by what. */
  readonly replace?: readonly (readonly string[])[]
  readonly append?: string
  /** After each so many characters, this is put in. */
  readonly every?: number
  readonly insert?: string
  readonly kinds?: readonly string[]
}

export const WRAPPINGS: readonly Wrapping[] = wrappings
export const DISTORTIONS: readonly Distortion[] = distortions

/** A link after that was done to it. */
export function distorted (link: string, { replace = [], append = '', every, insert = '' }: Distortion): string {
  let text = link
  for (const [from = '', to = ''] of replace) text = text.replaceAll(from, to)
  const pieces = every === undefined ? [text] : text.match(new RegExp(`.{1,${String(every)}}`, 'gsu')) ?? []
  return pieces.join(insert) + append
}
