import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toFailure } from '../../../../main/desktop/errors.ts'
import { makeApp, type TestApp } from '../../support/app.ts'

let app: TestApp
beforeEach(async () => { app = await makeApp() })
afterEach(async () => {
  await app.session.stop()
  await rm(app.folder, { recursive: true, force: true })
})

it('a feed of the person\'s own is kept as a folder, and can be taken back', async () => {
  expect(await app.call('changeSettings', { updateFeed: 'https://example.org/natter' })).toMatchObject({ updateFeed: 'https://example.org/natter/' })
  expect(await app.call('changeSettings', { updateFeed: '' })).toMatchObject({ updateFeed: '' })
})

it('one that Natter does not ask is refused in words, and the old one stays', async () => {
  await app.call('changeSettings', { updateFeed: 'https://example.org/' })
  const error: unknown = await Promise.resolve(app.call('changeSettings', { updateFeed: 'http://example.org/' })).catch((refusal: unknown) => refusal)
  expect(toFailure(error)).toMatchObject({ ok: false, code: 'ERR_FEED_ADDRESS', message: 'Natter does not ask this update feed: it has to begin with https:.' })
  expect(app.settings.visible().updateFeed).toBe('https://example.org/')
})
