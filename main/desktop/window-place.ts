import type { StoredSettings } from '../settings/schema.ts'

/** Where the window was, in device-independent pixels over all displays, its frame included. */
export type WindowPlace = NonNullable<StoredSettings['window']>

interface Area { readonly x: number, readonly y: number, readonly width: number, readonly height: number }

/** How a window opens. Without a position the system puts it where it puts new windows. */
export interface Opening {
  readonly bounds: { readonly width: number, readonly height: number, readonly x?: number, readonly y?: number }
  readonly maximized: boolean
}

/** The window's size where nothing is known, and the least that it works at. */
export const WINDOW_SIZE = { width: 1_100, height: 760, minWidth: 380, minHeight: 420 } as const

/** Pixels of the window's upper edge that have to be on a display: enough to take hold of it. */
const HOLD = { width: 120, height: 24 } as const

/**
 * Where the window opens, so that it is as it was left and can be seen: a
 * display may be gone, or smaller than it was.
 *
 * @param displays work areas, the primary display's first
 */
export function openingOf (place: WindowPlace | undefined, displays: readonly Area[]): Opening {
  if (place === undefined) return { bounds: fit(WINDOW_SIZE, displays[0]), maximized: false }
  const { x, y, maximized } = place
  const on = displays.find((area) => isHeldBy(place, area))
  const size = fit(place, on ?? displays[0])
  return { bounds: on === undefined ? size : { ...size, x: within(x, size.width, on.x, on.width), y: within(y, size.height, on.y, on.height) }, maximized }
}

function fit ({ width, height }: { readonly width: number, readonly height: number }, area: Area | undefined): { readonly width: number, readonly height: number } {
  const { minWidth, minHeight } = WINDOW_SIZE
  return { width: Math.max(minWidth, Math.min(width, area?.width ?? width)), height: Math.max(minHeight, Math.min(height, area?.height ?? height)) }
}

/** Somebody could take hold of the window there. */
function isHeldBy ({ x, y, width }: Area, area: Area): boolean {
  const overlap = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  return overlap >= Math.min(HOLD.width, width) && y >= area.y - HOLD.height && y <= area.y + area.height - HOLD.height
}

/** A window that had to shrink, or that lies over an edge, is moved no further than it takes. */
function within (at: number, size: number, from: number, room: number): number {
  return Math.max(from, Math.min(at, from + room - size))
}
