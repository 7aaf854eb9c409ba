import { mkdtempSync, rmSync, openSync, writeSync, closeSync, statSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Page } from '@playwright/test'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { createAuthor, makeProfile } from './support/profile.ts'
import { chooseFile, menu, postItem, privacy, see, SOON, topicItem } from './support/reader.ts'
import { WindowUser } from './support/window-user.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-shots-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const M = 60_000
const OUT = '/tmp/shots-v'
mkdirSync(OUT, { recursive: true })

async function size ({ app }: LaunchedApp, w: number, h: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, [width, height]) => { BrowserWindow.getAllWindows()[0]?.setContentSize(width, height) }, [w, h] as const)
}
async function all (launched: LaunchedApp, name: string, only?: string): Promise<void> {
  const { page } = launched
  for (const [w, h] of [[1280, 800], [800, 600]] as const) {
    await size(launched, w, h)
    await page.waitForFunction(([x]) => innerWidth === x, [w] as const)
    for (const theme of ['light', 'dark'] as const) {
      if (only !== undefined && `${String(w)}-${theme}` !== only && w === 1280) continue
      await page.emulateMedia({ colorScheme: theme })
      await page.waitForFunction((t) => matchMedia('(prefers-color-scheme: dark)').matches === (t === 'dark'), theme)
      await new Promise((r) => { setTimeout(r, 300) })
      await page.screenshot({ path: join(OUT, `${name}-${String(w)}-${theme}.png`) })
    }
  }
  await size(launched, 1280, 800)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForFunction(() => innerWidth === 1280)
}

it('shots', { timeout: 200_000 }, async () => {
  const names = ['Chidi', 'Mei', 'Tomás']
  const [chidi, mei, tomas] = await Promise.all(names.map(createAuthor))
  if (!chidi || !mei || !tomas) return
  const G = '/natter/1/music'
  const now = Date.now()
  const day = new Date(now).setHours(0, 0, 0, 0)
  const adas = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: ['music', 'berlin-makers', 'lan-party', 'empty-room'] })
  const bos = await makeProfile(join(folder, 'bo'), { name: 'Bo', topics: ['music'] })
  await adas.edit(async (store) => {
    const y = day - 3 * 60 * M
    await store.append([
      await chidi.write(G, 'The Bill Evans bootleg is up. Same folder as last time.', y),
      await chidi.write(G, 'Track 4 is the one with the rain on the roof.', y + M),
      await tomas.write(G, 'Listening on the train, behind three NATs and a tunnel. 明天去北京, so I take it with me.', y + 6 * M),
      await mei.write(G, 'Rain and all, it is better than the record.', y + 9 * M)
    ])
    await store.markRead(G)
    const t = now - 40 * M
    await store.append([
      await mei.write(G, 'Morning. Who is in for the session on Thursday? Address as ever: https://example.org/thursday?room=cellar', t),
      await mei.write(G, 'If you come by bike: the yard is open until ten.', t + M),
      await chidi.write(G, 'In. Bringing the brushes, and the small amp if it stays dry: no rain, please.', t + 3 * M),
      await tomas.write(G, 'Count me in too. I can bring:\n  – two stands\n  – cake', t + 4 * M)
    ])
    await store.append(await Promise.all(Array.from({ length: 12 }, async (_, n) => chidi.write('/natter/1/berlin-makers', `note ${String(n)} about rain`, t + n * 10 * 1000))))
    await store.append(await Promise.all(Array.from({ length: 3 }, async (_, n) => mei.write('/natter/1/lan-party', `cable ${String(n)}`, t + n * 10 * 1000))))
  })
  const ada = await launchApp({ userDataDir: adas.folder })
  const { page } = ada
  await size(ada, 1280, 800)
  await see(page.getByText('New', { exact: true })).toBeVisible(SOON)
  const user = new WindowUser(page)
  await user.post({ topic: 'music', text: 'Me too! And the keys to the cellar.' })
  await see(postItem(page, 'keys to the')).toContainText('Waiting')
  await all(ada, 'unread')
  await postItem(page, 'Morning. Who').getByRole('button', { name: 'Mei' }).click()
  await all(ada, 'card')
  await page.getByRole('button', { name: 'Block…' }).click()
  await all(ada, 'blockdialog', '1280-light')
  await page.keyboard.press('Escape')
  await page.getByRole('link').click()
  await all(ada, 'link')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await all(ada, 'menu')
  await page.keyboard.press('Escape')
  await menu(page, /Keep posts/)
  await page.getByRole('radio', { name: '30 days' }).check()
  await all(ada, 'keep')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Shift+f')
  await page.keyboard.type('rain')
  await see(page.getByRole('option').first()).toBeVisible(SOON)
  await all(ada, 'search')
  await page.keyboard.press('Escape')
  const bo = await launchApp({ userDataDir: bos.folder })
  await see(postItem(page, 'keys to the')).toContainText('Held by 1', SOON)
  await user.post({ topic: 'music', text: 'See you there, Bo.' })
  await see(postItem(page, 'See you there')).toContainText(/Sent|Held/, SOON)
  await new WindowUser(bo.page).post({ topic: 'music', text: 'Me as well, with a friend.' })
  await see(postItem(page, 'with a friend')).toBeVisible(SOON)
  await user.post({ topic: 'music', text: 'The more the better.' })
  await new Promise((r) => { setTimeout(r, 1500) })
  await all(ada, 'delivery')
  await topicItem(page, 'empty-room').click()
  await all(ada, 'empty')
  await bo.close()
  await topicItem(page, 'berlin').click()
  await postItem(page, 'note 0').getByRole('button').first().click()
  await page.getByRole('button', { name: 'Block…' }).click()
  await page.getByRole('button', { name: 'Block', exact: true }).click()
  await see(page.getByRole('dialog')).toHaveCount(0)
  await privacy(page)
  await all(ada, 'privacy')
  await page.keyboard.press('Escape')
    await ada.close()
  const file = join(adas.folder, 'posts.db')
  const { size: bytes } = statSync(file)
  const h = openSync(file, 'r+'); writeSync(h, Buffer.alloc(Math.floor(bytes / 2), 0xA5), 0, Math.floor(bytes / 2), Math.floor(bytes / 3)); closeSync(h)
  const again = await launchApp({ userDataDir: adas.folder })
  await size(again, 1280, 800)
  await see(again.page.getByRole('region', { name: 'Notices' })).toContainText('damaged', SOON)
  await all(again, 'damaged')
  await chooseFile(again, join(folder, 'rescued.jsonl'))
  await again.page.getByRole('button', { name: 'Save what can' }).click()
  await see(again.page.getByRole('region', { name: 'Notices' })).toContainText(/Saved|nothing/i, SOON)
  await all(again, 'damagedsaved', '1280-light')
  await again.close()
})
