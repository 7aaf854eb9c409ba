import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { wallClockFiles } from '../../resources/tools/clock-rules.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { eslintAt, fixtures } from './support.ts'

/** How often text in a file of the product breaks the rule about clocks. */
async function breaches (text: string, file = 'main/chat/no-explicit-any.ts'): Promise<number> {
  const folder = join(fixtures, 'code-style')
  const [result] = await eslintAt(folder).lintText(text, { filePath: join(folder, file) })
  return (result?.messages ?? []).filter(({ message }) => message.startsWith('[monotonic-intervals]')).length
}

describe('the wall clock', () => {
  it.each([
    'export const at = Date.now()',
    'export const { now } = Date',
    'export function wait (now = Date.now): number { return now() }',
    'export const at = new Date()',
    'export const at = Date()',
    'export const at = +new Date',
    "export const at = Date['now']()",
    'export const at = globalThis.Date.now()',
    'export const at = Reflect.construct(Date, []) as object',
    'const Clock = Date\nexport const at = Clock.now()',
    'export class At extends Date {}',
    'export function wait (clock: { now: () => number } = Date): number { return clock.now() }',
    'export function open (connection: { timeline: { open: number } }): number { return connection.timeline.open }',
    'export function open ({ timeline }: { timeline: { open: number } }): number { return timeline.open }'
  ])('is not read by %s', async (text) => {
    expect(await breaches(text)).toBe(1)
  })

  it('is not read in the page either', async () => {
    expect(await breaches('export const at = Date.now()', 'renderer/no-restricted-globals.ts')).toBe(1)
  })

  it.each(['export const at = performance.now()', 'export const at = new Date(5)', 'export const at = Date.UTC(2026, 10, 1)', 'export function isDate (at: Date | string): at is Date { return at instanceof Date }', "export const at = Date.parse('2026-11-01')"])('is not meant by %s', async (text) => {
    expect(await breaches(text)).toBe(0)
  })

  // An exception that is no longer one would let the next interval in.
  it.each(Object.entries(wallClockFiles))('is read for %s, by each file that is named', async (_, files) => {
    for (const file of files) expect(await breaches(readFileSync(join(root, file), 'utf8')), file).toBeGreaterThan(0)
  })
})
