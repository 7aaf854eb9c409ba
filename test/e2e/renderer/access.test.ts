import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../../preload/contract/index.ts'
import { openSettings, openWindow, push, see } from './open-window.ts'
import { networked, openNetwork } from './network-scene.ts'
import { busy, CHIDI, crashes, desktop, fresh, MEI, MUSIC, PEOPLE, post, topic, UPDATES } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

async function openMenu (page: Page, item: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** The busy window, with some of it otherwise. */
const busyWith = (more: Partial<Snapshot>): Script => ({ ...busy(), snapshot: { ...busy().snapshot, ...more } })

/** Everything that can be shown: what to begin with, and the way there. */
const screens: Readonly<Record<string, { readonly script: () => Script, readonly act?: (page: Page) => Promise<void> }>> = {
  'the main window': { script: () => busy() },
  'no topic': { script: () => ({ snapshot: { standIn: true, notices: [{ id: 'a', level: 'info', text: 'A notice.' }] } }) },
  'the first start': { script: fresh },
  protect: { script: () => ({ snapshot: { phase: { kind: 'protect' } } }) },
  locked: { script: () => ({ snapshot: { phase: { kind: 'locked' } } }) },
  failed: { script: () => ({ snapshot: { phase: { kind: 'failed', message: 'The folder cannot be written.' } } }) },
  'joining a topic': { script: busy, act: (page) => page.getByRole('button', { name: 'Join or create' }).click() },
  finding: { script: busy, act: (page) => page.keyboard.press('Control+k') },
  inviting: { script: busy, act: (page) => page.getByRole('button', { name: 'Invite', exact: true }).click() },
  'reading an invite': { script: () => ({ ...busy(), snapshot: { ...busy().snapshot, errand: { id: 1, kind: 'invite', link: 'natter://join#good' } } }) },
  reachability: { script: busy, act: (page) => page.getByRole('status', { name: 'Reachability' }).click() },
  'a person': {
    script: busy,
    act: async (page) => {
      await page.getByRole('button', { name: 'People here' }).click()
      await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Mei/ }).click()
    }
  },
  'the menu': { script: busy, act: (page) => page.getByRole('button', { name: 'More' }).click() },
  searching: {
    script: busy,
    act: async (page) => {
      await page.keyboard.press('Control+f')
      await page.keyboard.type('rain')
      await page.getByRole('option').first().waitFor()
    }
  },
  'nothing found': {
    script: busy,
    act: async (page) => {
      await page.keyboard.press('Control+f')
      await page.keyboard.type('zebra')
      await page.getByText('No post in this topic').waitFor()
    }
  },
  'keeping posts': { script: busy, act: (page) => openMenu(page, /Keep/) },
  'limiting disk space': { script: busy, act: (page) => openMenu(page, /Limit/) },
  exporting: { script: busy, act: (page) => openMenu(page, /Export/) },
  leaving: { script: busy, act: (page) => openMenu(page, /Leave/) },
  'a link': { script: busy, act: (page) => page.getByRole('link').click() },
  blocking: {
    script: busy,
    act: async (page) => {
      await page.getByRole('button', { name: 'People here' }).click()
      await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Mei/ }).click()
      await page.getByRole('button', { name: 'Block…' }).click()
    }
  },
  'muted and catching up, with a notice': {
    script: () => ({
      ...busy(),
      snapshot: {
        ...busy().snapshot, topics: [topic('music', { notify: 'nothing', catchingUp: 12, unread: 2 }), topic('other', { notify: 'nothing', unread: 3 })],
        notices: [{ id: 'a', level: 'warning', text: 'Set aside.', action: { kind: 'export-aside', name: 'x.db' } }]
      }
    })
  },
  privacy: { script: () => ({ ...busy(), snapshot: { ...busy().snapshot, blocked: [{ peerId: CHIDI, name: 'Chidi', since: 1 }] } }), act: (page) => openSettings(page, 'Privacy') },
  'safe mode, with a crash': {
    script: () => busyWith({
      desktop: desktop({ safeMode: true }), notices: [{ id: 'a', level: 'warning', text: 'The window crashed.', action: { kind: 'show-crashes' } }]
    })
  },
  'a mention, a bell and an update': {
    script: () => ({
      ...busyWith({ update: UPDATES.ready, topics: [topic('music', { notify: 'all' })] }),
      posts: { [MUSIC]: [post(MEI, 'Mei', '@Ada, the keys?', Date.now(), { mention: true })] }
    })
  },
  'naming somebody': {
    script: busy,
    act: async (page) => {
      await page.keyboard.type('@')
      await page.getByRole('option').first().waitFor()
    }
  },
  'something that waits': {
    script: busy,
    act: async (page) => {
      await page.getByRole('button', { name: 'Join or create' }).click()
      await page.keyboard.type('half')
      await push(page, { event: 'errand:open', value: { id: 1, kind: 'topic', topic: MUSIC } })
      await page.getByText('It is shown when you are done here').waitFor()
    }
  },
  'this computer': { script: () => busyWith({ desktop: desktop({ profile: 'work', crashes: crashes(Date.now()) }) }), act: (page) => openSettings(page, 'This computer') },
  'this computer, with nothing to offer': { script: () => busyWith({ desktop: desktop({ tray: false, startAtLogin: 'unavailable' }) }), act: (page) => openSettings(page, 'This computer') },
  'updates off': { script: () => busyWith({ update: UPDATES.off }), act: (page) => openSettings(page, 'About') },
  'an update on its way': { script: () => busyWith({ update: UPDATES.downloading }), act: (page) => openSettings(page, 'About') },
  'an update that is ready': { script: () => busyWith({ update: UPDATES.ready }), act: (page) => openSettings(page, 'About') },
  'an update that failed': {
    script: () => busyWith({ update: UPDATES.failed }),
    act: async (page) => {
      await openSettings(page, 'About')
      await page.getByText('Ask another server').click()
    }
  },
  profile: { script: busy, act: (page) => openSettings(page, 'Profile') },
  network: { script: busy, act: (page) => openSettings(page, 'Network') },
  appearance: { script: busy, act: (page) => openSettings(page, 'Appearance') },
  about: { script: busy, act: (page) => openSettings(page, 'About') },
  'the network, as a picture': { script: () => networked(), act: openNetwork },
  'the network, as a table, with somebody open': {
    script: () => networked(),
    act: async (page) => {
      await openNetwork(page)
      await page.getByRole('button', { name: 'Table', exact: true }).click()
      await page.getByRole('gridcell', { name: 'Chidi', exact: true }).click()
      await page.getByRole('complementary', { name: 'About Chidi' }).waitFor()
    }
  },
  'a network without anybody': { script: () => networked([], PEOPLE.slice(0, 1)), act: openNetwork }
}

/** The rules of axe that look at colours, which alone differ between light and dark. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block']

async function faults (axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

it.each(Object.keys(screens))('%s has no fault that axe finds, in light and dark, and no scroll from side to side at 800 by 600', async (name) => {
  const screen = screens[name]
  const page = await openWindow(screen?.script() ?? {}, { colorScheme: 'light', viewport: { width: 800, height: 600 }, reducedMotion: 'reduce' })
  await page.getByRole('main').or(page.getByRole('dialog')).first().waitFor()
  await screen?.act?.(page)
  expect(await faults(new AxeBuilder({ page }))).toEqual([])
  const paper = async (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await paper()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await paper(), 'it is dark now').not.toBe(light)
  expect(await faults(new AxeBuilder({ page }).withRules(OF_COLOUR))).toEqual([])
  const wide = await page.evaluate(() => [...document.querySelectorAll('html, body, main, aside, nav, ol, ul, section')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
    .map((element) => element.outerHTML.slice(0, 80)))
  expect(wide).toEqual([])
})

describe('the keyboard', () => {
  it('walks from the list of topics to a post without a mouse', async () => {
    const page = await openWindow(busy())
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
    const seen: string[] = []
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab')
      const name = await page.evaluate(() => {
        const element = document.activeElement
        return element === document.body || element === null ? '' : element.getAttribute('aria-label') ?? element.textContent.trim().replace(/\s+/g, ' ')
      })
      if (seen.includes(name)) break
      seen.push(name)
    }
    for (const name of ['Find or jump to… Ctrl K', 'Join or create… Ctrl N', '# music', 'Settings', 'Invite', 'Search this topic', 'People here', 'https://example.org/thursday', 'More', 'Posts', 'Post to music']) {
      expect(seen.map((one) => one.replace('…Ctrl', '… Ctrl').replace('#music', '# music'))).toContain(name)
    }
    await page.getByRole('button', { name: 'music', exact: true }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type('hello')
    await page.keyboard.press('Enter')
    await see(page.getByRole('list', { name: 'Posts' })).toContainText('hello')
  })

  it('shows where it is', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).focus()
    await page.keyboard.press('Tab')
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineWidth)
    expect(outline).toBe('2px')
  })
})

describe('a narrow window', () => {
  it('shows topics or posts, one at a time', async () => {
    const page = await openWindow(busy(), { viewport: { width: 400, height: 600 } })
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
    await see(page.getByRole('list', { name: 'Topics' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Show topics' }).click()
    await page.getByRole('button', { name: /lan-party/ }).click()
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
  })

  it('lays people over the posts', async () => {
    const page = await openWindow(busy(), { viewport: { width: 800, height: 600 } })
    await see(page.getByRole('list', { name: 'People' })).toHaveCount(0)
    await page.getByRole('button', { name: 'People here' }).click()
    await see(page.getByRole('list', { name: 'People' })).toBeVisible()
    await page.getByRole('button', { name: 'Fold people away' }).click()
    await see(page.getByRole('list', { name: 'People' })).toHaveCount(0)
  })
})
