import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { root } from '../../../resources/tools/paths.mjs'
import { colourOf, drawings, recordDrawings } from '../support/drawn.ts'
import { alone, circuit, connected, crowd, link, networked, openNetwork, smallNetwork } from './network-scene.ts'
import { callsOf, openWindow, push, see } from './open-window.ts'
import { BERLIN, CHIDI, MEI, PEOPLE } from './scenes.ts'

const names = async (page: Page): Promise<string[]> => page.locator('tbody td:first-child').allInnerTexts()
const focused = async (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent.trim() ?? '')
const clipboard = async (page: Page): Promise<string> => page.evaluate(() => window.standIn.clipboard)

/** Keeps what the window shows, for people to look at. */
async function keepPicture (page: Page, name: string): Promise<void> {
  mkdirSync(join(root, 'artifacts'), { recursive: true })
  await page.screenshot({ path: join(root, `artifacts/${name}.png`) })
}

/** What the canvas shows, as a number that another picture does not have. */
const picture = async (page: Page): Promise<string> => page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())

describe('the view of the network', () => {
  it('says who is reached how, and through what', async () => {
    const page = await openWindow(networked())
    await page.getByRole('button', { name: 'Network', exact: true }).click()
    await see(page.getByText('Connected to 5 peers: 4 direct, 1 through a relay. 1 more person through a hub. Gossipsub.')).toBeVisible()
    const row = page.getByRole('row').filter({ hasText: 'Mei' })
    await see(row).toContainText('Through relay 12D3…x7Qk')
    await see(row).toContainText('88.0 kB more, until 10:30')
    await see(page.getByRole('row').filter({ hasText: 'Tomás' })).toContainText('Posts through hub 12D3…x7Qk')
    await see(page.getByRole('img', { name: /Picture of the network\. Connected to 5 peers/ })).toBeVisible()
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeHidden()
  })

  it('has one row for a peer, as many as it counts; each connection is in the details', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    await push(page, { event: 'network-peer:change', value: connected(MEI, { links: [circuit(MEI), link({ rtt: 3 }), circuit(MEI)] }) })
    await see(page.getByText('Connected to 5 peers: 5 direct. 1 more person through a hub.')).toBeVisible()
    await see(page.getByRole('grid', { name: 'Peers' }).locator('tbody').getByRole('row')).toHaveCount(6)
    const row = page.getByRole('row').filter({ hasText: 'Mei' })
    await see(row).toContainText('Direct, and 2 more')
    await row.click()
    await see(page.getByRole('complementary', { name: 'About Mei' }).getByRole('region', { name: 'One of its connections' })).toHaveCount(3)
  })

  it('follows what changes: an upgrade, who comes, who leaves', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    await push(page, { event: 'network-peer:change', value: connected(MEI, { links: [link({ address: `/ip4/198.51.100.9/tcp/4001/p2p/${MEI}` })] }) })
    await see(page.getByRole('row').filter({ hasText: 'Mei' })).toContainText('Direct')
    await push(page, { event: 'network-peer:remove', value: { peerId: CHIDI } })
    await see(page.getByText('Connected to 4 peers: 4 direct. 1 more person through a hub.')).toBeVisible()
    expect(await names(page)).not.toContain('Chidi')
  })

  it('asks while it is open and seen, and says when nobody looks any more', async () => {
    const page = await openWindow(networked())
    expect(await callsOf(page, 'watchNetwork')).toEqual([])
    await openNetwork(page)
    await see.poll(async () => callsOf(page, 'watchNetwork')).toEqual([{}])
    await page.keyboard.press('Escape')
    await see.poll(async () => callsOf(page, 'unwatchNetwork')).toEqual([{}])
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
  })

  it('draws a post on its way, once more where nothing else moves', async () => {
    const page = await openWindow(networked(), { reducedMotion: 'reduce' })
    await openNetwork(page)
    await see(page.getByRole('grid')).toBeVisible()
    let before = ''
    // An empty canvas is a few thousand characters.
    await see.poll(async () => {
      const last = before
      before = await picture(page)
      return before === last && before.length > 8_000
    }, { intervals: [500] }).toBe(true)
    await push(page, { event: 'traffic:pass', value: [{ peerId: MEI, direction: 'in', duplicate: true, posts: 1 }] })
    await see.poll(async () => await picture(page) !== before, { intervals: [20] }).toBe(true)
    await see.poll(async () => await picture(page) === before).toBe(true)
  })

  it('opens somebody who is clicked in the picture, with the address in words, and lets go of them beside', async () => {
    const page = await openWindow(networked([connected(CHIDI, { links: [link({ address: `/ip4/192.168.1.23/tcp/40123/p2p/${CHIDI}` })] })], PEOPLE.slice(0, 2)), { reducedMotion: 'reduce' })
    await openNetwork(page)
    const canvas = page.locator('canvas')
    await see.poll(async () => (await picture(page)).length).toBeGreaterThan(4_000)
    // Somewhere in the picture the pointer turns into a hand: that is Chidi.
    const at = await canvas.evaluate(async (element: HTMLElement) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      for (let x = 12; x < width; x += 18) {
        for (let y = 12; y < height - 40; y += 18) {
          element.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y, bubbles: true }))
          await new Promise<void>((resolve) => { queueMicrotask(resolve) })
          if (getComputedStyle(element).cursor === 'pointer') return { x, y }
        }
      }
      return undefined
    })
    expect(at).toBeDefined()
    await canvas.click(at === undefined ? {} : { position: at })
    const about = page.getByRole('complementary', { name: 'About Chidi' })
    await see(about).toContainText('Direct, by TCP')
    await see(about.getByRole('list', { name: 'Parts of the address' }).getByRole('listitem')).toHaveText([/ip4/, /tcp\/40123/, /p2p/])
    await page.keyboard.press('Escape')
    await see(about).toHaveCount(0)
  })
})

describe('for who does not see the picture', () => {
  it('a screen reader hears how connections stand, once they are quiet, what the table is sorted by, and who is open', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    const told = page.getByRole('region', { name: 'Network' }).getByRole('status').first()
    await see(told).toHaveText(/^Connected to 5 peers: 4 direct, 1 through a relay/)
    await push(page, { event: 'network-peer:change', value: connected(MEI, { links: [link()] }) })
    await see(told).toHaveText(/^Connected to 5 peers: 5 direct/)
    const live = page.locator('[aria-live="polite"].unseen').first()
    await page.getByRole('columnheader', { name: 'Duplicates' }).getByRole('button').click()
    await see(live).toHaveText('Sorted by Duplicates, ascending')
    expect((await names(page))[0]).toBe('Chidi')
    await page.getByRole('gridcell', { name: 'Chidi', exact: true }).focus()
    await page.keyboard.press('Enter')
    await see(live).toHaveText('Chidi is shown after the table')
  })

  it.each([['forced colours', { forcedColors: 'active' }], ['more contrast', { contrast: 'more' }]] as const)('with %s the picture is drawn in them, and the details have every count', async (kind, context) => {
    const page = await openWindow(networked(), { ...context, reducedMotion: 'reduce' })
    await openNetwork(page)
    await page.getByRole('gridcell', { name: 'Chidi', exact: true }).click()
    const about = page.getByRole('complementary', { name: 'About Chidi' })
    await see(about.getByRole('row', { name: 'music' }).first()).toHaveText(/music\s*128\s*41\s*97/)
    await see(about.getByRole('row', { name: 'IWANT' })).toHaveText(/6\s*9$/)
    await see(about.getByText('Posts that passed with Floodsub')).toBeVisible()
    // What stands out most in the picture, ourselves, has the colour that the page has for it.
    await recordDrawings(page)
    await page.keyboard.press('Escape')
    await see.poll(async () => (await drawings(page)).at(-1)?.self, { intervals: [50] }).toBe(await colourOf(page, '--accent'))
    await page.getByRole('gridcell', { name: 'Chidi', exact: true }).click()
    await keepPicture(page, `network-${kind.replace(' ', '-')}`)
  })
})

describe('the picture', () => {
  it.each((['light', 'dark'] as const).flatMap((colorScheme) => (['few', 'many', 'nobody'] as const).map((who) => [who, colorScheme] as const)))('with %s in %s is kept for people to look at', async (who, colorScheme) => {
    const { network, people } = crowd()
    const script = { few: networked(), many: networked(network, people), nobody: alone() }[who]
    const page = await openWindow(script, { colorScheme, reducedMotion: 'reduce' })
    await openNetwork(page)
    if (who === 'nobody') {
      await see(page.getByRole('heading', { name: 'No one is connected yet' })).toBeVisible()
    } else {
      await page.getByRole('gridcell', { name: who === 'few' ? 'Chidi' : 'Person 3', exact: true }).click()
      await see(page.getByRole('complementary')).toBeVisible()
      await push(page, { event: 'traffic:pass', value: [{ peerId: MEI, direction: 'in', duplicate: true, posts: 1 }, { peerId: CHIDI, direction: 'in', duplicate: false, posts: 1 }] })
    }
    await keepPicture(page, `network-${who}-${colorScheme}`)
  })
})

describe('the table', () => {
  it('is walked, sorted, copied and opened by the keyboard alone', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    await see(page.getByRole('heading', { name: 'Network', exact: true })).toBeFocused()
    for (let i = 0; i < 8 && !(await focused(page)).startsWith('Name'); i++) await page.keyboard.press('Tab')
    expect(await focused(page)).toMatch(/^Name/)
    await page.keyboard.press('Enter')
    await see(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending')
    const ascending = await names(page)
    await page.keyboard.press('Enter')
    expect(await names(page)).toEqual(ascending.toReversed())
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await see(page.getByRole('columnheader', { name: 'Round trip' })).toHaveAttribute('aria-sort', 'ascending')
    expect(await names(page)).toEqual(['Chidi', expect.stringContaining('omer'), '12D3…x7Qk', 'Mei', '12D3…Wm2c', 'Tomás'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    await page.keyboard.press('Control+c')
    await see.poll(async () => clipboard(page)).toBe(CHIDI)
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await see(page.getByRole('complementary', { name: 'About Chidi' })).toContainText('Where it says it can be reached')
    await page.keyboard.press('Escape')
    await see(page.getByRole('complementary')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
  })

  it('is copied by the mouse: a cell that was clicked, or all of it', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    await page.getByRole('row').filter({ hasText: 'Mei' }).getByRole('gridcell').nth(2).click()
    await page.getByRole('button', { name: 'Copy the cell' }).click()
    await see.poll(async () => clipboard(page)).toBe(`Through relay ${BERLIN}`)
    await page.getByRole('button', { name: 'Copy the table' }).click()
    await see.poll(async () => (await clipboard(page)).split('\n').length).toBe(7)
  })

  it('keeps its rows where they are while somebody works among them', async () => {
    const page = await openWindow(networked())
    await openNetwork(page)
    await page.getByRole('columnheader', { name: 'Received' }).getByRole('button').click()
    const before = await names(page)
    await page.getByRole('gridcell', { name: 'Chidi', exact: true }).focus()
    await push(page, { event: 'network-peer:change', value: connected(MEI, { links: [{ ...link({ bytesIn: 1 }), id: smallNetwork()[3]?.links[0]?.id ?? '' }] }) })
    await see(page.getByRole('gridcell', { name: 'Chidi', exact: true })).toBeFocused()
    expect((await names(page)).filter((name) => name !== 'Mei')).toEqual(before.filter((name) => name !== 'Mei'))
    await page.getByRole('button', { name: 'Close the network' }).focus()
    await see.poll(async () => (await names(page))[0]).toBe('Mei')
  })
})

it('is one of the places to jump to, and Escape leads back', async () => {
  const page = await openWindow(networked())
  await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('netw')
  await see(page.getByRole('option')).toHaveText([/Network\s*who you are connected to/, /Try both on a small network/])
  await page.keyboard.press('Enter')
  await see(page.getByRole('heading', { name: 'Network', exact: true })).toBeFocused()
  await page.keyboard.press('Escape')
  await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
})

describe('states', () => {
  it('nobody, and no relay: says what to do, and leads there', async () => {
    const page = await openWindow(alone())
    await openNetwork(page)
    await page.getByRole('button', { name: 'Add a relay' }).click()
    await see(page.getByRole('textbox', { name: 'Relay address' })).toBeVisible()
    await page.keyboard.press('Escape')
    await see(page.getByRole('heading', { name: 'No one is connected yet' })).toBeVisible()
  })

  it('starting, and offline', async () => {
    const script = networked([], PEOPLE.slice(0, 1))
    const page = await openWindow({ ...script, snapshot: { ...script.snapshot, phase: { kind: 'reading' } } })
    await openNetwork(page)
    await see(page.getByRole('heading', { name: 'Starting' })).toBeVisible()
    await push(page, { event: 'phase:change', value: { kind: 'running' } }, { event: 'reachability:change', value: { state: 'offline', through: [], evidence: [] } })
    await see(page.getByRole('heading', { name: /^No one is connected/ })).toBeVisible()
  })

  it('200 peers, one with a name without end, in a small window: one part at a time, and nothing runs over', async () => {
    const { network, people } = crowd()
    const page = await openWindow(networked(network, people), { viewport: { width: 800, height: 600 }, reducedMotion: 'reduce' })
    await openNetwork(page)
    await see(page.getByText('Connected to 200 peers: 63 direct, 137 through a relay')).toBeVisible()
    await see(page.getByRole('grid')).toBeHidden()
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await see(page.getByRole('row')).toHaveCount(201)
    await see(page.locator('canvas')).toBeHidden()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(800)
  })
})
