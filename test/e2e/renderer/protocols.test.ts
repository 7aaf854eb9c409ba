import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import type { ProtocolSample, Simulation, SimulationRequest, SimulationResult } from '../../../preload/contract/index.ts'
import { networked, openNetwork } from './network-scene.ts'
import { callsOf, openWindow, push, see } from './open-window.ts'
import type { Script } from './stand-in-api.ts'

const SPAN = 15_000
/** A quarter of an hour in which the person switched half way. */
function quarter (now: number): readonly ProtocolSample[] {
  return Array.from({ length: 50 }, (_, at): ProtocolSample => {
    const wave = (at * 7) % 5
    const isFlood = at >= 20 && at < 38
    return {
      protocol: isFlood ? 'floodsub' : 'gossipsub', from: now - (51 - at) * SPAN, to: now - (50 - at) * SPAN, posts: 4 + wave, duplicates: (isFlood ? 14 : 5) + wave,
      bytes: (isFlood ? 4_100 : 2_900) + 200 * wave, times: Array.from({ length: 4 + wave }, (__, post) => (isFlood ? 60 : 90) + 17 * wave + 5 * post)
    }
  })
}

const result = (protocol: SimulationResult['protocol'], more: Partial<SimulationResult> = {}): SimulationResult => ({
  protocol, nodes: 4, degree: 2, delivered: 1, copies: [0, 1.45, 1.55, 2], duplicatesPerPost: 0.5, bytesPerPost: 412.4, p50Ms: 3.1, p99Ms: 9.8, ...more
})
const DIAMOND: SimulationRequest = { graph: { kind: 'diamond' }, posts: 20 }
const OUTCOME: Pick<Simulation, 'state' | 'took' | 'results'> = { state: 'done', took: 21_400, results: [result('floodsub'), result('gossipsub', { copies: [0, 1.1, 1.05, 1.25], duplicatesPerPost: 0.1, bytesPerPost: 371.2, p50Ms: 3.4, p99Ms: 11.2 })] }
const RANDOM: SimulationRequest = { graph: { kind: 'random', nodes: 30, degree: 8 }, posts: 20 }
const many = (most: number): number[] => Array.from({ length: 30 }, (_, at) => most - (at * 11 % 30) * most / 60)
const LARGE: typeof OUTCOME = { state: 'done', took: 74_000, results: [result('floodsub', { nodes: 30, degree: 8, copies: many(7.2), duplicatesPerPost: 6.07, bytesPerPost: 2_701 }), result('gossipsub', { nodes: 30, degree: 8, copies: many(3.1), duplicatesPerPost: 1.83, bytesPerPost: 1_771 })] }

const script = (samples: readonly ProtocolSample[] = quarter(Date.now())): Script => ({ ...networked(), samples })

async function axe (page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** By keyboard alone; the dialog is loaded when it is wanted. */
async function openSimulation (page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('try both')
  await page.keyboard.press('Enter')
  await see(page.getByRole('button', { name: 'Start' })).toBeFocused()
}

async function finish (page: Page, request: SimulationRequest, outcome: typeof OUTCOME, id = 1): Promise<void> {
  await push(page, { event: 'simulation:change', value: { id, request, startedAt: Date.now() - 21_400, ...outcome } })
}

/** Whether something is drawn on each plot beside its axes, which have two colours, or one where the system sets them; edges add shades. */
async function drawn (page: Page, more = 3): Promise<readonly boolean[]> {
  return page.getByRole('dialog').locator('canvas').evaluateAll((all, least) => all.map((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return false
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    const colours = new Set<number>()
    for (let at = 0; at < data.length; at += 4) if ((data[at + 3] ?? 0) > 200) colours.add((data[at] ?? 0) << 16 | (data[at + 1] ?? 0) << 8 | (data[at + 2] ?? 0))
    return colours.size > least
  }), more)
}

describe('protocols side by side', () => {
  it('shows the last 15 minutes of both protocols where the person switched, as plots and as a table', async () => {
    const page = await openWindow(script())
    await openNetwork(page)
    await page.getByRole('button', { name: 'Protocols', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Protocols side by side' })
    await see(dialog.getByText('What the last 15 minutes cost this computer under Floodsub and under Gossipsub.')).toBeVisible()
    const table = dialog.getByRole('table', { name: 'The last 15 minutes' })
    await see(table.getByRole('columnheader')).toHaveText(['Floodsub', 'Gossipsub'])
    await see(table.getByRole('row').filter({ hasText: 'Posts that came' })).toHaveText(/108192$/u)
    await see(table.getByRole('row').filter({ hasText: 'Duplicates a post' })).toHaveText(/2\.6\d1\.1\d$/u)
    await see(dialog.getByText('where the two differ, so does the time, and what would be below 0 is shown as 0', { exact: false })).toBeVisible()
    await see(dialog.getByRole('img', { name: /over the last 15 minutes/u })).toHaveCount(3)
    await see.poll(async () => drawn(page)).toEqual([true, true, true])
  })

  it('asks while it is open, takes what is pushed, and says when nobody looks any more', async () => {
    const page = await openWindow(script([]))
    await openNetwork(page)
    expect(await callsOf(page, 'watchProtocols')).toEqual([])
    await page.getByRole('button', { name: 'Protocols', exact: true }).click()
    await see(page.getByText('No post of others came in that time.', { exact: false })).toBeVisible()
    const now = Date.now()
    await push(page, { event: 'protocol-sample:change', value: { protocol: 'gossipsub', from: now - 5_000, to: now, posts: 4, duplicates: 2, bytes: 3_000, times: [1, 2] } })
    const row = page.getByRole('row').filter({ hasText: 'Duplicates a post' })
    await see(row).toHaveText(/0\.50$/u)
    await push(page, { event: 'protocol-sample:change', value: { protocol: 'gossipsub', from: now - 5_000, to: now + 1_000, posts: 5, duplicates: 10, bytes: 4_000, times: [1, 2, 3] } })
    await see(row).toHaveText(/2\.00$/u)
    await page.keyboard.press('Escape')
    await see.poll(async () => callsOf(page, 'unwatchProtocols')).toEqual([{}])
    await see(page.getByRole('button', { name: 'Protocols', exact: true })).toBeFocused()
  })

  it.each([['light', 1280, 800], ['dark', 1280, 800], ['light', 800, 600], ['dark', 800, 600], ['light', 420, 700]] as const)('looks as it should, and has no fault that axe finds: %s, %i × %i', async (colorScheme, width, height) => {
    const page = await openWindow(script(), { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('side by')
    await page.keyboard.press('Enter')
    await see.poll(async () => drawn(page)).toEqual([true, true, true])
    await page.screenshot({ path: `artifacts/protocols-${colorScheme}-${String(width)}.png` })
    expect(await axe(page)).toEqual([])
    expect(await page.getByRole('dialog').evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
  })
})

describe('both on a small network', () => {
  it('runs the diamond by keyboard alone, shows how far it is, and that peer 4 gets each post twice under Floodsub', async () => {
    const page = await openWindow(script())
    await openSimulation(page)
    const dialog = page.getByRole('dialog', { name: 'Try both on a small network' })
    await see(dialog.getByRole('radio', { name: 'Four peers in a diamond' })).toBeChecked()
    await see(dialog.getByRole('button', { name: 'Start' })).toBeFocused()
    await page.keyboard.press('Enter')
    await see(dialog.getByRole('button', { name: 'Stop' })).toBeFocused()
    expect(await callsOf(page, 'startSimulation')).toEqual([DIAMOND])
    await push(page, { event: 'simulation:change', value: { id: 1, request: DIAMOND, state: 'running', startedAt: Date.now(), results: [], step: { protocol: 'gossipsub', stage: 'posting', done: 10, of: 20 } } })
    await see(dialog.getByText('Gossipsub: post 10 of 20')).toBeVisible()
    await see(dialog.getByRole('progressbar', { name: 'Progress of the comparison' })).toHaveJSProperty('value', 0.9125)
    await finish(page, DIAMOND, OUTCOME)
    await see(dialog.getByText('Under Floodsub peer 4 gets 2 copies of each post, under Gossipsub 1.25.')).toBeFocused()
    await see(dialog.getByRole('table', { name: 'Copies of each post' }).getByRole('row').filter({ hasText: 'Floodsub' })).toContainText('2 copies')
    await see(dialog.getByRole('table', { name: 'What each protocol needed' }).getByRole('row').filter({ hasText: 'Bytes' })).toHaveText(/412371$/u)
    await see.poll(async () => drawn(page)).toEqual([true, true, true, true])
    // Escape closes it, and the window has the focus again.
    await page.keyboard.press('Escape')
    await see(dialog).toHaveCount(0)
  })

  it('makes a random network of the size that is typed, and says what is wrong with it', async () => {
    const page = await openWindow(script())
    await openNetwork(page)
    await page.getByRole('button', { name: 'Protocols', exact: true }).click()
    await page.getByRole('button', { name: 'Try both on a small network' }).click()
    await page.getByRole('radio', { name: 'A random network' }).check()
    await page.getByRole('textbox', { name: 'Peers' }).fill('6')
    await page.getByRole('button', { name: 'Start' }).click()
    await see(page.getByRole('textbox', { name: 'Neighbours each' })).toHaveAccessibleDescription(/A whole number from 2 to 5\./u)
    expect(await callsOf(page, 'startSimulation')).toEqual([])
    await page.getByRole('textbox', { name: 'Peers' }).fill('30')
    await page.keyboard.press('Enter')
    await see.poll(async () => callsOf(page, 'startSimulation')).toEqual([RANDOM])
  })

  it('can be stopped, and ends when the dialog is closed', async () => {
    const page = await openWindow(script())
    await openSimulation(page)
    await page.keyboard.press('Enter')
    await see(page.getByRole('button', { name: 'Stop' })).toBeFocused()
    await page.keyboard.press('Enter')
    await see(page.getByText('Stopped: Four peers in a diamond, 20 posts of 200 bytes by peer 1.')).toBeVisible()
    expect(await callsOf(page, 'stopSimulation')).toEqual([{}])
    await page.getByRole('button', { name: 'Start' }).click()
    await see(page.getByRole('button', { name: 'Stop' })).toBeFocused()
    await page.keyboard.press('Escape')
    await see.poll(async () => callsOf(page, 'stopSimulation')).toEqual([{}, {}])
  })

  it('saves the figures as CSV and the plots as a PNG', async () => {
    const page = await openWindow(script())
    await openSimulation(page)
    await page.keyboard.press('Enter')
    await see(page.getByRole('button', { name: 'Stop' })).toBeFocused()
    await finish(page, DIAMOND, OUTCOME)
    await page.getByRole('button', { name: 'Save as CSV…' }).click()
    await see(page.getByText('Saved as /home/ada/Natter protocols four peers.csv.')).toBeVisible()
    expect(await callsOf(page, 'saveSimulation')).toEqual([{ id: 1 }])
    await page.getByRole('button', { name: 'Save as PNG…' }).click()
    await see(page.getByText('Saved as /home/ada/Natter protocols four peers.png.')).toBeVisible()
    const size = await page.evaluate(async () => {
      const call = window.standIn.calls.find(({ name }) => name === 'savePicture')
      const { png } = call?.argument as { readonly png: Uint8Array<ArrayBuffer> }
      const picture = await createImageBitmap(new Blob([png], { type: 'image/png' }))
      return { width: picture.width, height: picture.height, bytes: png.byteLength, isArray: png instanceof Uint8Array }
    })
    expect(size).toMatchObject({ isArray: true })
    expect(size.width).toBeGreaterThan(600)
    expect(size.height).toBeGreaterThan(200)
    expect(size.bytes).toBeLessThan(500_000)
    await page.evaluate(() => { window.standIn.answerNext('saveSimulation', { ok: false, code: 'ERR_FILE', message: 'a.csv was not saved: the disk is full. Choose another place and try again.' }) })
    await page.getByRole('button', { name: 'Save as CSV…' }).click()
    await see(page.getByRole('alert')).toHaveText('a.csv was not saved: the disk is full. Choose another place and try again.')
  })

  it('says why it failed, and can be tried again', async () => {
    const page = await openWindow(script())
    await openSimulation(page)
    await page.keyboard.press('Enter')
    await see(page.getByRole('button', { name: 'Stop' })).toBeFocused()
    await push(page, { event: 'simulation:change', value: { id: 1, request: DIAMOND, state: 'failed', startedAt: 0, took: 5, results: [], trouble: 'Something went wrong inside Natter.' } })
    await see(page.getByRole('alert')).toHaveText('Something went wrong inside Natter.')
    await see(page.getByRole('button', { name: 'Start' })).toBeVisible()
  })

  it.each([['light', 1280, 800], ['dark', 1280, 800], ['light', 800, 600], ['dark', 800, 600], ['light', 420, 700]] as const)('looks as it should, and has no fault that axe finds: %s, %i × %i', async (colorScheme, width, height) => {
    const page = await openWindow(script(), { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' })
    const shoot = async (name: string): Promise<void> => {
      await page.screenshot({ path: `artifacts/simulation-${name}-${colorScheme}-${String(width)}.png` })
      expect(await axe(page), name).toEqual([])
      expect(await page.getByRole('dialog').evaluate((element) => element.scrollWidth - element.clientWidth), name).toBeLessThanOrEqual(0)
    }
    await openSimulation(page)
    await page.getByRole('radio', { name: 'A random network' }).check()
    await shoot('form')
    await page.getByRole('button', { name: 'Start' }).click()
    await push(page, { event: 'simulation:change', value: { id: 1, request: RANDOM, state: 'running', startedAt: Date.now() - 12_000, results: [], step: { protocol: 'floodsub', stage: 'posting', done: 10, of: 20 } } })
    await see(page.getByText('Floodsub: post 10 of 20')).toBeVisible()
    await shoot('running')
    for (const [name, request, outcome] of [['large', RANDOM, LARGE], ['diamond', DIAMOND, OUTCOME]] as const) {
      await finish(page, request, outcome)
      await see.poll(async () => drawn(page)).toEqual([true, true, true, true])
      await shoot(name)
    }
  })

  it.each([['dark', 'none', 'more'], ['light', 'active', 'no-preference']] as const)('keeps to high contrast: %s, forced colours %s, contrast %s', async (colorScheme, forcedColors, contrast) => {
    const page = await openWindow(script(), { colorScheme, forcedColors, contrast, reducedMotion: 'reduce' })
    await openSimulation(page)
    await page.keyboard.press('Enter')
    await see(page.getByRole('button', { name: 'Stop' })).toBeFocused()
    await finish(page, DIAMOND, OUTCOME)
    await see.poll(async () => drawn(page, forcedColors === 'active' ? 1 : 3)).toEqual([true, true, true, true])
    await page.screenshot({ path: `artifacts/simulation-contrast-${colorScheme}.png` })
    expect(await axe(page)).toEqual([])
  })
})
