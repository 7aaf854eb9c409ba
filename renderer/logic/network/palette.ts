/** Colours of the picture, as a canvas takes them. */
export interface Palette {
  readonly ground: string
  readonly ink: string
  readonly line: string
  readonly accent: string
  readonly onAccent: string
  readonly warn: string
  readonly dark: boolean
  /** The system sets the colours: faces keep to them. */
  readonly forced: boolean
}

/** What tells that colours changed. */
export const COLOUR_QUERIES = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'] as const

const FORCED: Omit<Palette, 'dark'> = { ground: 'Canvas', ink: 'CanvasText', line: 'CanvasText', accent: 'Highlight', onAccent: 'HighlightText', warn: 'CanvasText', forced: true }

/**
 * Reads the theme's tokens. A canvas knows neither variables nor `light-dark()`:
 * an element that has them says what they come to.
 */
export function readPalette (probe: HTMLElement): Palette {
  const read = (colour: string): string => {
    probe.style.color = colour
    return getComputedStyle(probe).color
  }
  const dark = read('light-dark(#000000, #ffffff)') === 'rgb(255, 255, 255)'
  if (matchMedia('(forced-colors: active)').matches) return { ...FORCED, dark }
  return {
    ground: read('var(--bg)'), ink: read('var(--ink)'), line: read('var(--ink-3)'), accent: read('var(--accent)'), onAccent: read('var(--on-accent)'), warn: read('var(--warn)'), dark, forced: false
  }
}
