import * as v from 'valibot'
import { CALLS, fail, ok, type CallName, type Result } from '../../preload/contract/index.ts'
import type { Handlers } from './api/handlers.ts'
import { toFailure } from './errors.ts'
import { isOurPage, type CallEvent, type Page } from './sender.ts'

/** What {@link createAnswer} stands on. */
export interface AnswerDeps {
  /** Resolves when the app's parts are there, which may be after the window is. */
  readonly handlers: Promise<Handlers>
  /** Our window's page, while there is one. */
  readonly page: () => Page | undefined
}

/** Answers one call; never rejects. */
export type AnswerCall = (name: CallName, event: CallEvent, args: readonly unknown[]) => Promise<Result<unknown>>

/**
 * The only way from a page to the app: who is asking, then what with, then the
 * call itself. Anything unexpected is an answer that says no.
 */
export function createAnswer ({ handlers, page }: AnswerDeps): AnswerCall {
  return async (name, event, args) => {
    if (!isOurPage(event, page())) return fail('ERR_FORBIDDEN', 'Only Natter\'s own window may ask for this.')
    const parsed = args.length === 1 && isPlainObject(args[0]) ? v.safeParse(CALLS[name].schema, args[0]) : undefined
    if (parsed?.success !== true) return fail('ERR_BAD_ARGUMENT', 'Natter was asked in a way that it does not understand: close the window and open it again.')
    try {
      // The schema under this name is the one that the handler's argument is typed by.
      const handler = (await handlers)[name] as (argument: unknown) => unknown
      return ok(await handler(parsed.output))
    } catch (error) {
      return toFailure(error)
    }
  }
}

/** Arrays, maps and dates would pass for an object without fields. */
function isPlainObject (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
