/** What a press can be aimed at. */
const TARGET = [
  'button', 'a[href]', 'summary', 'label', 'input[type="checkbox"]', 'input[type="radio"]', 'tr[aria-selected]',
  ...['link', 'option', 'tab', 'menuitem', 'menuitemradio', 'switch'].map((role) => `[role="${role}"]`)
].join(', ')

/** CSS pixels that a hand may move between pressing and letting go; further is a drag, or a change of mind. */
const SLOP = 6

interface Press {
  /** What is pressed, until its click is heard. */
  target: HTMLElement | undefined
  readonly x: number
  readonly y: number
}

let press: Press | undefined
let waiting: (() => void)[] = []

/**
 * Runs `work` at once; while the pointer is pressed, after the click that the
 * press makes. A field saves so when it is left: nothing moves, and nothing is
 * busy, under a click on its way.
 */
export function afterPress (work: () => void): void {
  if (press === undefined) work()
  else waiting.push(work)
}

/**
 * Watches over clicks from now on.
 *
 * - A control that moves away while it is pressed, because a line appears above it, is clicked all the same.
 *   The browser would click what is common to both ends of the press.
 * - The second half of a double click goes to the control that heard the first half, or to none. Where a row
 *   goes at the first, the next row's 'Remove' is under the pointer at the second.
 *
 * @returns a function that ends it
 */
export function watchPresses (target: Window): () => void {
  const ends = new AbortController()
  const options = { capture: true, signal: ends.signal }
  let heard: Element | undefined

  target.addEventListener('pointerdown', (event) => {
    settle()
    if (event.isPrimary && event.button === 0) press = { target: targetAt(event), x: event.clientX, y: event.clientY }
  }, options)
  target.addEventListener('click', (event) => {
    const clicked = controlOf(targetAt(event))
    if (event.detail > 1 && heard !== undefined && clicked !== undefined && clicked !== heard) {
      event.preventDefault()
      event.stopImmediatePropagation()
      return
    }
    heard = clicked
    if (press?.target !== undefined && controlOf(press.target) === clicked) press.target = undefined
  }, options)
  target.addEventListener('pointerup', (event) => {
    // Its click is heard within this turn, where there is one.
    if (event.isPrimary) setTimeout(() => { end(event.clientX, event.clientY) })
  }, options)
  target.addEventListener('pointercancel', settle, options)
  // Fields' own blur passes here too.
  target.addEventListener('blur', (event) => { if (event.target === target) settle() }, options)

  function end (x: number, y: number): void {
    const pressed = press?.target
    const stayed = press !== undefined && Math.hypot(x - press.x, y - press.y) <= SLOP
    if (pressed?.isConnected === true && stayed && !isAt(pressed, x, y)) pressed.click()
    settle()
  }

  return () => {
    ends.abort()
    settle()
  }
}

/** The press is over: what waits for its end runs. */
function settle (): void {
  press = undefined
  const due = waiting
  waiting = []
  for (const work of due) work()
}

function targetAt ({ target }: Event): HTMLElement | undefined {
  return target instanceof Element ? target.closest<HTMLElement>(TARGET) ?? undefined : undefined
}

/** A label's click is its field's. */
function controlOf (target: HTMLElement | undefined): Element | undefined {
  return target instanceof HTMLLabelElement ? target.control ?? target : target
}

function isAt (element: Element, x: number, y: number): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  return x >= left && x <= right && y >= top && y <= bottom
}
