// Draws the tray's icons into resources/tray, with Debian's rsvg-convert (package librsvg2-bin).
//   node resources/tools/tray-icons.mjs          writes them
//
// One drawing in three states, each with and without the mark of unread posts: in colours that stand out from light
// and dark panels alike (3:1 or more against #f5f5f5 and #1e1e1e), and for macOS in black, as its menu bar wants it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEntry, root } from './paths.mjs'

export const folder = join(root, 'resources/tray')

/** Pixels by scale. Linux panels take the largest and shrink it. */
const sizes = { 1: 16, 2: 32, 3: 48 }
const states = /** @type {const} */ (['reachable', 'unknown', 'offline'])
const bubble = 'M4.500 1.500h7a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H8.200L5 14.300a.6.6 0 0 1-1-.45V11.500a2.700 2.700 0 0 1-2.500-2.700V4.500a3 3 0 0 1 3-3z'

/** What stands in the bubble, and whether the bubble is filled: told apart without colours too. */
const parts = {
  reachable: { filled: true, inside: '<circle cx="7.700" cy="6.900" r="1.800" fill="black"/>', over: '' },
  unknown: { filled: false, inside: '', over: '<circle cx="4.900" cy="6.900" r=".95"/><circle cx="7.700" cy="6.900" r=".95"/><circle cx="10.500" cy="6.900" r=".95"/>' },
  offline: { filled: false, inside: '<path d="M1.600 .6 14.600 13.600" stroke="black" stroke-width="3.600"/>', over: '<path d="M2.200 1.200 13.800 12.800" stroke-width="1.600" stroke-linecap="round"/>' }
}

/** @param {typeof states[number]} state @param {boolean} unread @param {boolean} template */
function draw(state, unread, template) {
  const { filled, inside, over } = parts[state]
  const ink = template ? '#000' : state === 'reachable' ? '#5b6ef0' : '#7d828c'
  const mark = template ? '#000' : '#e5484d'
  const gap = unread ? '<circle cx="12.900" cy="3.100" r="3.900" fill="black"/>' : ''
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">',
    `<mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16"><rect width="16" height="16" fill="white"/>${inside}${gap}</mask>`,
    `<g mask="url(#m)"><path d="${bubble}" ${filled ? `fill="${ink}"` : `fill="none" stroke="${ink}" stroke-width="1.500"`}/></g>`,
    `<mask id="g" maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16"><rect width="16" height="16" fill="white"/>${gap}</mask>`,
    `<g mask="url(#g)" fill="${ink}" stroke="${ink}" stroke-width="0">${over}</g>`,
    unread ? `<circle cx="12.900" cy="3.100" r="2.800" fill="${mark}"/>` : '',
    '</svg>'
  ].join('')
}

/** Each file's name and the drawing in it. */
export function drawings() {
  return states.flatMap((state) => [false, true].flatMap((unread) => [false, true].flatMap((template) =>
    Object.entries(sizes).filter(([scale]) => !template || scale !== '3').map(([scale, size]) => ({
      name: `${state}${unread ? '-unread' : ''}${template ? '-template' : ''}@${scale}x.png`,
      size,
      svg: draw(state, unread, template)
    })))))
}

/** @param {{ svg: string, size: number }} drawing @returns {Buffer} */
function render({ svg, size }) {
  return execFileSync('rsvg-convert', ['--width', String(size), '--height', String(size)], { input: svg })
}

if (isEntry(import.meta.url)) {
  mkdirSync(folder, { recursive: true })
  for (const { name, ...drawing } of drawings()) writeFileSync(join(folder, name), render(drawing))
}
