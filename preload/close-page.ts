/**
 * Takes from the page what it never uses and what no policy closes: WebRTC,
 * which the content security policy does not cover and which looks names up and
 * opens connections; and printing, whose dialog holds up the page.
 *
 * For webFrame, which runs it in the page's own world before any script of it.
 * A frame that a hostile script adds has them again: there the session's guards
 * remain (main/desktop/guard.ts).
 */
export const CLOSE_PAGE = 'for (const name of Object.getOwnPropertyNames(globalThis)) if (/^(?:webkit)?RTC|^print$/u.test(name)) delete globalThis[name]; undefined'
