import { describe, expect, it } from 'vitest'
import { openingOf, type WindowPlace } from '../../../main/desktop/window-place.ts'
import { readPlainFile } from '../../../main/settings/schema.ts'

const laptop = { x: 0, y: 0, width: 1_280, height: 770 }
const desk = { x: 1_280, y: -200, width: 2_560, height: 1_400 }
const place = (x: number, y: number, width = 900, height = 600, maximized = false): WindowPlace => ({ x, y, width, height, maximized })

describe('where the window opens', () => {
  it.each<[string, WindowPlace | undefined, (typeof laptop)[], object]>([
    ['the first time: the system says where', undefined, [laptop], { width: 1_100, height: 760 }],
    ['the first time, on a small display: no larger than that', undefined, [{ ...laptop, width: 1_024, height: 570 }], { width: 1_024, height: 570 }],
    ['where it was', place(40, 60), [laptop], { x: 40, y: 60, width: 900, height: 600 }],
    ['where it was, on the second display', place(1_500, -150, 2_000, 1_200), [laptop, desk], { x: 1_500, y: -150, width: 2_000, height: 1_200 }],
    ['its display is gone: as large as fits, and the system says where', place(1_500, -150, 2_000, 1_200), [laptop], { width: 1_280, height: 770 }],
    ['it hung over an edge: within, as far as it takes', place(1_000, 300), [laptop], { x: 380, y: 170, width: 900, height: 600 }],
    ['its display is smaller now: it shrinks and moves', place(100, 100, 1_200, 760), [{ ...laptop, width: 1_024, height: 570 }], { x: 0, y: 0, width: 1_024, height: 570 }],
    ['nobody could take hold of it: the system says where', place(-850, 100), [laptop], { width: 900, height: 600 }],
    ['its upper edge is above the display', place(100, -300), [laptop], { width: 900, height: 600 }],
    ['its frame begins just above', place(100, -10), [laptop], { x: 100, y: 0, width: 900, height: 600 }],
    ['smaller than it works', place(10, 10, 10, 10), [laptop], { x: 10, y: 10, width: 380, height: 420 }],
    ['no display at all', place(10, 10), [], { width: 900, height: 600 }]
  ])('%s', (_, was, displays, bounds) => {
    expect(openingOf(was, displays)).toEqual({ bounds, maximized: false })
  })

  it('is maximized again, with the size that it goes back to', () => {
    expect(openingOf(place(40, 60, 900, 600, true), [laptop])).toEqual({ bounds: { x: 40, y: 60, width: 900, height: 600 }, maximized: true })
  })
})

it('a place that makes no sense is forgotten, and takes nothing else with it', () => {
  const read = (window: unknown): unknown => readPlainFile(JSON.stringify({ version: 2, theme: 'dark', window }))
  for (const window of ['left', { x: 1 }, place(1.5, 0), place(1e9, 0), null]) expect(read(window)).toMatchObject({ kind: 'read', plain: { theme: 'dark', window: undefined } })
  expect(read(place(1, 2))).toMatchObject({ kind: 'read', plain: { window: place(1, 2) } })
})
