import type { Page } from '@playwright/test'

interface Point { readonly x: number, readonly y: number }

/** One drawing of the network. */
export interface Drawn {
  /** Straight lines by their dashes: '' is a whole line, wide ones are the mesh. */
  readonly lines: readonly { readonly dash: string, readonly wide: boolean, readonly from: Point, readonly to: Point }[]
  /** Posts on their way: what fills them, and their edge. */
  readonly dots: readonly (Point & { readonly fill: string, readonly edge: string })[]
  /** What fills ourselves. */
  readonly self: string
}

declare global {
  interface Window { drawn: { lines: Drawn['lines'][number][], dots: Drawn['dots'][number][], self: string }[] }
}

/** Keeps what is drawn on canvases from now on, drawing by drawing. */
export async function recordDrawings (page: Page): Promise<void> {
  await page.evaluate(() => {
    const [POST, SELF, KEPT, MESH] = [5, 18, 3_000, 5]
    const drawn: Window['drawn'] = window.drawn = []
    let path: [Point, Point][] = []
    let begin: Point | undefined
    let circle: (Point & { readonly radius: number }) | undefined
    const colour = (style: string | CanvasGradient | CanvasPattern): string => typeof style === 'string' ? style : ''
    const before = (name: string, look: (context: CanvasRenderingContext2D, ...all: number[]) => void): void => {
      const canvas = CanvasRenderingContext2D.prototype
      const original = Reflect.get(canvas, name) as (...all: unknown[]) => unknown
      Reflect.set(canvas, name, function (this: CanvasRenderingContext2D, ...all: unknown[]) {
        look(this, ...all as number[])
        return Reflect.apply(original, this, all)
      })
    }
    before('clearRect', () => { if (drawn.push({ lines: [], dots: [], self: '' }) > KEPT) drawn.shift() })
    before('beginPath', () => {
      path = []
      begin = circle = undefined
    })
    before('moveTo', (_, x = 0, y = 0) => { begin = { x, y } })
    before('lineTo', (_, x = 0, y = 0) => {
      if (begin !== undefined) path.push([begin, { x, y }])
      begin = undefined
    })
    before('arc', (_, x = 0, y = 0, radius = 0) => { circle = { x, y, radius } })
    before('fill', ({ fillStyle }) => {
      const frame = drawn.at(-1)
      if (frame !== undefined && circle?.radius === SELF) frame.self = colour(fillStyle)
    })
    before('stroke', (context) => {
      const frame = drawn.at(-1)
      const { fillStyle, strokeStyle, lineWidth } = context
      if (circle?.radius === POST) frame?.dots.push({ x: circle.x, y: circle.y, fill: colour(fillStyle), edge: colour(strokeStyle) })
      for (const [from, to] of path) frame?.lines.push({ dash: context.getLineDash().join(' '), wide: lineWidth > MESH, from, to })
    })
  })
}

/** A colour of the page as a canvas names it. */
export async function colourOf (page: Page, token: string): Promise<string> {
  return page.evaluate((name) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    probe.style.forcedColorAdjust = 'none'
    document.body.append(probe)
    const context = document.createElement('canvas').getContext('2d')
    if (context !== null) context.fillStyle = getComputedStyle(probe).color
    probe.remove()
    return typeof context?.fillStyle === 'string' ? context.fillStyle : ''
  }, token)
}

/** Everything that was drawn since. */
export async function drawings (page: Page): Promise<readonly Drawn[]> {
  return page.evaluate(() => window.drawn)
}

/** The lines of the last drawing that is whole: how many are drawn in which way, those of the mesh left out. */
export async function linesNow (page: Page): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { dash, wide } of (await drawings(page)).at(-1)?.lines ?? []) {
    const kind = dash === '' ? 'direct' : dash === '7 5' ? 'circuit' : 'hub'
    if (!wide) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
