import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import type { Check, CheckFinding, CheckStep } from '../../../preload/contract/index.ts'
import { callsOf, openSettings, openWindow, push, see } from './open-window.ts'
import { BERLIN, busy, PEOPLE } from './scenes.ts'

const step = (id: CheckStep['id'], title: string, state: CheckFinding['state'], words: string, advice = '', evidence: readonly string[] = []): CheckStep => ({ id, title, finding: { state, words, advice, evidence } })

/** A network that lets out web pages alone. */
const STEPS: readonly CheckStep[] = [
  step('listen', 'Can this computer listen?', 'good', 'Natter listens on TCP port 41234.'),
  step('address', 'Is your address a private one?', 'warn', 'This computer has private addresses alone: a router stands between it and the network outside, as it does in most homes and offices.', 'Nothing is wrong with that. People outside reach you through a relay.', ['This computer has the address 192.168.1.23.']),
  step('relays', 'Do your relays answer?', 'bad', 'Your relay cannot be used from here. It does not answer.', 'Ask whoever runs the relay whether it is up, or add another one.', [`Relay ${BERLIN} at /dns4/relay.example.org/tcp/4001: name 12 ms, then: It does not answer.`]),
  step('port', 'Does this network let connections out?', 'bad', 'This network lets connections out to port 443, that of web pages, and not to port 4001.', 'Add a relay that listens on port 443: its address holds /tcp/443.', ['Port 443 of relay.example.org refuses, which it can only do when asked; its port 4001 stays silent.']),
  step('nat', 'What kind of router (NAT) is in between?', 'unknown', 'No relay could say where it sees you.'),
  step('direct', 'Do direct connections come about (hole punching)?', 'warn', 'No direct connection came about at the last try, 2 minutes ago. Both ends called each other and neither heard the other: a firewall, or a network that changes ports, is in the way on one of the two sides.', 'The relay carries what you say. A TCP port that is forwarded to either computer in its router settles it.', ['Call 1 of 1, both ends at the same moment, to 203.0.113.9:40001: nothing came back, after 4000 ms.'])
]
const RUNNING: Check = { id: 1, state: 'running', startedAt: Date.now(), steps: STEPS.map(({ id, title }, i) => i < 2 ? STEPS[i] as CheckStep : { id, title }) }
const DONE: Check = { ...RUNNING, state: 'done', took: 8_240, steps: STEPS, cause: 'port' }

describe('the check', () => {
  it('starts from the status line, shows findings as they come, and what explains most at the end', async () => {
    const page = await openWindow(busy())
    await page.getByRole('status', { name: 'Reachability' }).click()
    await page.getByRole('button', { name: 'Why can’t I connect?' }).click()
    const dialog = page.getByRole('dialog', { name: 'Why can’t I connect?' })
    await push(page, { event: 'check:change', value: RUNNING })
    await see(dialog.getByRole('status').first()).toHaveText('Looking: 2 of 6 done')
    const items = dialog.getByRole('list', { name: 'What was looked at' }).locator('> li')
    await see(items.nth(0)).toContainText('Good')
    await see(items.nth(3)).toContainText('Looking…')
    await see(dialog.getByRole('progressbar', { name: 'Progress of the check' })).toHaveAttribute('value', '2')
    await push(page, { event: 'check:change', value: DONE })
    await see(dialog.getByRole('status').first()).toHaveText('This network lets connections out to port 443, that of web pages, and not to port 4001.')
    await see(items.nth(3)).toContainText('Problem')
    await see(items.nth(4)).toContainText('Not known')
    await see(dialog.getByText('It took 8.2 s.')).toBeVisible()
    await see(dialog.getByText('stays silent')).toBeHidden()
    await items.nth(3).getByText('What shows it').click()
    await see(dialog.getByText('stays silent')).toBeVisible()
    await dialog.getByRole('button', { name: 'Copy report' }).click()
    await see(dialog.getByText('Copied').first()).toBeVisible()
    expect(await callsOf(page, 'copyCheckReport')).toHaveLength(1)
    expect(await callsOf(page, 'startCheck')).toEqual([{ person: null }])
  })

  it('is stopped, started again and left with the keyboard alone, and ends with its dialog', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Network')
    await page.getByRole('button', { name: 'Why can’t I connect?' }).focus()
    await page.keyboard.press('Enter')
    const act = page.getByRole('button', { name: /^(?:Stop|Check again)$/u })
    await see(act).toHaveText('Stop')
    await see(act).toBeFocused()
    await page.keyboard.press('Enter')
    await see(act).toHaveText('Check again')
    await see(act).toBeFocused()
    await see(page.getByRole('dialog').getByRole('status').first()).toHaveText('Stopped after 0 of 0')
    await page.keyboard.press('Enter')
    await see(act).toHaveText('Stop')
    await page.keyboard.press('Escape')
    await see(page.getByRole('dialog')).toHaveCount(0)
    expect(await callsOf(page, 'startCheck')).toHaveLength(2)
    await expect.poll(() => callsOf(page, 'stopCheck')).toHaveLength(2)
    await see(page.getByRole('button', { name: 'Why can’t I connect?' })).toBeFocused()
  })

  it('is about somebody who is not connected, from their card or by choice', async () => {
    const page = await openWindow(busy())
    const away = PEOPLE.find(({ path }) => path.kind === 'none')?.peerId
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /not connected/u }).click()
    await page.getByRole('button', { name: 'Why is there no connection?' }).click()
    const choice = page.getByRole('combobox', { name: 'The way to' })
    await see(choice).toHaveValue(away ?? '')
    await page.getByRole('button', { name: 'Stop' }).click()
    await see(choice).toBeEnabled()
    await choice.selectOption({ label: 'Mei' })
    await expect.poll(async () => (await callsOf(page, 'startCheck')).length).toBe(2)
    expect(await callsOf(page, 'startCheck')).toEqual([{ person: away }, { person: PEOPLE.find(({ name }) => name === 'Mei')?.peerId }])
    // Who is connected has another question than why they are not.
    await page.keyboard.press('Escape')
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Chidi/u }).click()
    await see(page.getByRole('button', { name: 'Block…' })).toBeVisible()
    await see(page.getByRole('button', { name: 'Why is there no connection?' })).toHaveCount(0)
  })

  it('says why it could not be started', async () => {
    const page = await openWindow(busy())
    await page.evaluate(() => { window.standIn.answerNext('startCheck', { ok: false, code: 'ERR_NOT_RUNNING', message: 'Natter is still starting: try again in a moment.' }) })
    await page.getByRole('status', { name: 'Reachability' }).click()
    await page.getByRole('button', { name: 'Why can’t I connect?' }).click()
    await see(page.getByRole('alert')).toHaveText('Natter is still starting: try again in a moment.')
    await see(page.getByRole('button', { name: 'Check again' })).toBeVisible()
  })

  it.each([['light', 1280, 800], ['dark', 1280, 800], ['light', 800, 600], ['dark', 800, 600]] as const)('looks as it should, and has no fault that axe finds: %s, %i × %i', async (colorScheme, width, height) => {
    const page = await openWindow(busy(), { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' })
    await page.getByRole('status', { name: 'Reachability' }).click()
    await page.getByRole('button', { name: 'Why can’t I connect?' }).click()
    const dialog = page.getByRole('dialog', { name: 'Why can’t I connect?' })
    for (const [name, value] of [['running', RUNNING], ['done', DONE]] as const) {
      await push(page, { event: 'check:change', value })
      await see(dialog.getByText(value.state === 'running' ? 'Looking: 2 of 6 done' : 'It took 8.2 s.')).toBeVisible()
      await page.screenshot({ path: `artifacts/check-${name}-${colorScheme}-${String(width)}.png` })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
      expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
    }
  })
})
