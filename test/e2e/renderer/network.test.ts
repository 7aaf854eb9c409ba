import { describe, expect, it } from 'vitest'
import { callsOf, openSettings, openWindow, push, see } from './open-window.ts'
import { BERLIN, BERLIN_ADDRESS, busy, MEI, MUSIC, PEOPLE, relays, sources, topic } from './scenes.ts'

describe('people', () => {
  it('say how each of them is reached', async () => {
    const page = await openWindow(busy())
    const items = page.getByRole('list', { name: 'People' }).getByRole('listitem')
    await see(items).toHaveText([/Ada\s*you\s*this computer/, /Chidi\s*direct, 12 ms/, /Mei\s*through relay 12D3…x7Qk, 48 ms/, /Tomás\s*through a hub/, /12D3…body\s*not connected/])
    await see(page.getByRole('heading', { name: '5 people' })).toBeVisible()
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE.slice(0, 1) } }, { event: 'topic:change', value: topic('music') })
    await see(items).toHaveCount(1)
    await see(page.getByText('No one else is online.')).toBeVisible()
  })

  // A hub knows of people with other programs how many they are, and no more.
  it('are counted where nobody can name them', async () => {
    const page = await openWindow(busy())
    const people = page.getByRole('complementary', { name: 'People on this topic' })
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE.slice(0, 1), unnamed: 2 } })
    await see(people.getByRole('heading', { name: '3 people' })).toBeVisible()
    await see(people.getByText('2 more people are here, using another app. They join this list once they write.')).toBeVisible()
    await see(people.getByText('No one else is online.')).toHaveCount(0)
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE, unnamed: 1 } })
    await see(people.getByText('1 more person is here, using another app. They join this list once they write.')).toBeVisible()
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE } })
    await see(people.getByText(/using another app/)).toHaveCount(0)
  })

  it('open to their peer id and their address, part by part', async () => {
    const page = await openWindow(busy())
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Mei/ }).click()
    await see(page.getByText(MEI, { exact: true })).toBeVisible()
    await see(page.getByRole('list', { name: 'Parts of the address' }).getByRole('listitem')).toHaveText([
      /dns4/, /tcp\/443/, /wss?/, /\/p2p\/12D3…x7Qk/, /p2p-circuit\s*and through it/, /12D3….Mei/
    ])
    await page.getByRole('button', { name: 'Copy peer id' }).click()
    expect(await page.evaluate(() => window.standIn.clipboard)).toBe(MEI)
    await page.keyboard.press('Escape')
    await see(page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Mei/ })).toBeFocused()
  })

  it('say why there is no connection to somebody', async () => {
    const page = await openWindow(busy())
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Tomás/ }).click()
    await see(page.getByText(/passes posts on\. Relay 12D3…x7Qk carries no more connections for people from this address\./)).toBeVisible()
  })

  it('fold away and stay so, also over a reload', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'People here' }).click()
    await see(page.getByRole('list', { name: 'People' })).toHaveCount(0)
    await page.reload()
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
    await see(page.getByRole('list', { name: 'People' })).toHaveCount(0)
  })
})

describe('reachability', () => {
  it('is said in one line, with its evidence behind it', async () => {
    const page = await openWindow(busy())
    const status = page.getByRole('status', { name: 'Reachability' })
    await see(status).toHaveText('Connected to 2 people, 1 more online. Others can reach you too')
    await status.click()
    await see(page.getByRole('dialog')).toContainText('Through relay 12D3…x7Qk, 34 ms.')
    await see(page.getByRole('dialog')).toContainText('it answered after 34 ms')
    await page.keyboard.press('Escape')
    await push(page, { event: 'reachability:change', value: { state: 'unknown', through: [], evidence: [] } })
    await see(status).toHaveText('Connected to 2 people, 1 more online. Connecting to your relays…')
    await push(page, { event: 'reachability:change', value: { state: 'direct', through: [], address: '/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWx', evidence: [] } }, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE.slice(0, 1) } })
    await see(status).toHaveText('Others can reach you')
    await status.click()
    await see(page.getByRole('dialog')).toContainText('Directly, at /ip4/203.0.113.7/tcp/4001.')
  })

  it('is about people first, whatever the relays do', async () => {
    const page = await openWindow(busy())
    const status = page.getByRole('status', { name: 'Reachability' })
    const down = relays(Date.now()).slice(1, 2)
    await push(page, { event: 'relays:change', value: down }, { event: 'reachability:change', value: { state: 'offline', through: [], evidence: [] } }, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE.slice(0, 2) } })
    await see(status).toHaveText('Connected to 1 person. New people can’t reach you until your relay is back')
    // Somebody on two topics is one person; a topic that was left counts no longer.
    await push(page, { event: 'people:change', value: { topic: '/natter/1/lan-party', people: PEOPLE.slice(0, 3) } })
    await see(status).toHaveText(/^Connected to 2 people\./)
    await push(page, { event: 'topic:change', value: topic('lan-party', { subscribed: false, people: 2 }) })
    await see(status).toHaveText(/^Connected to 1 person\./)
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: PEOPLE.slice(0, 1) } })
    await see(status).toHaveText('Only people on your local network can reach you until your relay is back')
    await push(page, { event: 'reachability:change', value: { state: 'offline', through: [], evidence: [], noNetwork: true } })
    await see(status).toHaveText('This computer has no network connection')
  })

  it('claims nothing where there is no relay to ask, and leads to where one is added', async () => {
    const page = await openWindow(busy())
    await push(page, { event: 'relays:change', value: [] })
    await push(page, { event: 'reachability:change', value: { state: 'unknown', through: [], evidence: [] } })
    const status = page.getByRole('status', { name: 'Reachability' })
    await see(status).toHaveText('Connected to 2 people, 1 more online. New people can reach you on your local network only')
    await status.click()
    await page.getByRole('dialog').getByRole('button', { name: 'Add a relay' }).click()
    await see(page.getByRole('textbox', { name: 'Relay address' })).toBeVisible()
  })
})

describe('settings of the network', () => {
  it('switch the protocol at once, say so while it lasts, and leave a note between the posts', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Network')
    await see(page.getByRole('radio', { name: 'Gossipsub', exact: true })).toBeChecked()
    await see(page.getByText('While you use Floodsub, you and they hear each other only through a hub.')).toBeVisible()
    await page.getByRole('radio', { name: 'Floodsub', exact: true }).check()
    await see(page.getByText('Switching to Floodsub…').first()).toBeVisible()
    await see(page.getByText('Floodsub is in use.')).toBeVisible()
    await page.keyboard.press('Escape')
    await see(page.getByRole('list', { name: 'Posts' }).getByRole('listitem').last()).toHaveText(/You switched to Floodsub\. It took 0\.\d s\./)
    expect(await callsOf(page, 'changeSettings')).toEqual([{ protocol: 'floodsub' }])
  })

  it('put the choice back and say why where a switch fails', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Network')
    await page.evaluate(() => { window.standIn.answerNext('changeSettings', { ok: false, code: 'ERR_SWITCH', message: 'Floodsub did not start. Gossipsub goes on.' }) })
    await page.getByRole('radio', { name: 'Floodsub', exact: true }).click()
    await see(page.getByText('Floodsub did not start. Gossipsub goes on.')).toBeVisible()
    await see(page.getByRole('radio', { name: 'Gossipsub', exact: true })).toBeChecked()
  })

  it('show every relay with its state, and act on it', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Network')
    const relays = page.getByRole('list', { name: 'Relays' }).getByRole('listitem')
    await see(relays.nth(0)).toContainText('in use, 34 ms')
    await see(relays.nth(1)).toContainText('From an invite to music.')
    await see(relays.nth(2)).toContainText('Named by 12D3…hidi.')
    await relays.nth(2).getByRole('button', { name: 'Use this relay' }).click()
    await see(relays.nth(2)).toContainText('connecting')
    await page.getByRole('button', { name: 'Remove relay 12D3…x7Qk' }).click()
    await see(relays).toHaveCount(2)
    expect(await callsOf(page, 'removeRelay')).toEqual([{ peerId: BERLIN }])
  })

  it('refuse a relay in one sentence, keep what was typed, and take a whole address', async () => {
    const page = await openWindow({})
    await openSettings(page, 'Network')
    const field = page.getByRole('textbox', { name: 'Relay address' })
    await field.fill('/ip4/203.0.113.9/tcp/4001')
    await page.getByRole('button', { name: 'Add relay' }).click()
    await see(page.getByRole('alert')).toContainText('This address does not say which peer it belongs to.')
    await see(field).toHaveValue('/ip4/203.0.113.9/tcp/4001')
    await see(field).toHaveAccessibleDescription(/does not say which peer/)
    await field.fill(BERLIN_ADDRESS)
    await page.getByRole('button', { name: 'Add relay' }).click()
    await see(page.getByRole('list', { name: 'Relays' }).getByRole('listitem')).toContainText('connecting')
    await see(field).toHaveValue('')
  })

  it('say what they wait for, since when, and let go after ten seconds', async () => {
    const page = await openWindow({})
    await openSettings(page, 'Network')
    await page.clock.install()
    await page.evaluate(() => { window.standIn.hold('addRelay') })
    await page.getByRole('textbox', { name: 'Relay address' }).fill(BERLIN_ADDRESS)
    await page.getByRole('button', { name: 'Add relay' }).click()
    await see(page.getByText('Checking the address…')).toBeVisible()
    await see(page.getByRole('button', { name: 'Stop waiting' })).toHaveCount(0)
    await page.clock.fastForward(11_000)
    await see(page.getByText(/Checking the address…\s*1\d s/)).toBeVisible()
    await page.getByRole('button', { name: 'Stop waiting' }).click()
    await see(page.getByText('Checking the address…')).toHaveCount(0)
    await see(page.getByRole('textbox', { name: 'Relay address' })).toHaveValue(BERLIN_ADDRESS)
  })

  it('read any address part by part', async () => {
    const page = await openWindow({})
    await openSettings(page, 'Network')
    await page.getByRole('textbox', { name: 'Address to read' }).fill('rubbish')
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toContainText('This is no address')
    await page.getByRole('textbox', { name: 'Address to read' }).fill(`${BERLIN_ADDRESS}/p2p-circuit/p2p/${MEI}`)
    await page.keyboard.press('Enter')
    await see(page.getByRole('list', { name: 'Parts of the address' }).getByRole('listitem')).toHaveCount(6)
  })

  it('check the port, and offer to be a relay only to whom others reach', async () => {
    const page = await openWindow({})
    await openSettings(page, 'Network')
    const port = page.getByRole('textbox', { name: 'Listen port' })
    await port.fill('70000')
    await page.getByRole('button', { name: 'Keep port' }).click()
    await see(page.getByRole('alert')).toContainText('A port is a whole number from 1 to 65535.')
    await port.fill('4001')
    await page.keyboard.press('Enter')
    await see(page.getByText(/^Saved\./)).toBeVisible()
    const relay = page.getByRole('switch', { name: 'Be a relay for others' })
    await see(relay).toBeDisabled()
    await push(page, { event: 'reachability:change', value: { state: 'direct', through: [], address: '/ip4/203.0.113.7/tcp/4001', evidence: [] } })
    await relay.check()
    await page.getByRole('switch', { name: /mDNS/ }).uncheck()
    await see(page.getByRole('switch', { name: /mDNS/ })).not.toBeChecked()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ listenPort: 4_001 }, { beRelay: true }, { mdns: false }])
  })

  it.each(['light', 'dark'] as const)('says what direct connections show, and asks the router for a port only when told to, %s', async (colorScheme) => {
    const page = await openWindow({}, { colorScheme, viewport: { width: 1280, height: 1000 } })
    await openSettings(page, 'Network')
    const [direct, router] = [page.getByRole('switch', { name: 'Direct connections' }), page.getByRole('switch', { name: 'Ask the router for a port' })]
    await see(direct).toBeChecked()
    await see(router).not.toBeChecked()
    await see(page.getByText(/Switching it off does not hide you altogether/)).toBeVisible()
    await router.scrollIntoViewIfNeeded()
    await page.screenshot({ path: `artifacts/direct-connections-${colorScheme}.png` })
    await direct.uncheck()
    await router.check()
    await see(router).toBeChecked()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ directConnections: false }, { routerPort: true }])
  })
})

describe('where relays come from', () => {
  const scene = (): Parameters<typeof openWindow>[0] => ({ snapshot: { ...busy().snapshot, ...sources(Date.now()) } })

  it('is said of each relay, name and list', async () => {
    const page = await openWindow(scene())
    await openSettings(page, 'Network')
    const relays = page.getByRole('list', { name: 'Relays', exact: true }).getByRole('listitem')
    await see(relays.nth(0)).toContainText('Found under relay.example.org.')
    await see(relays.nth(1)).toContainText('On the list ‘Relays of the university’.')
    await see(relays.nth(2)).toContainText('Found through your relay 12D3…x7Qk. Not used before you agree.')
    const names = page.getByRole('list', { name: 'Names of relays' }).getByRole('listitem')
    await see(names.nth(0)).toContainText('Stands for 1 relay.')
    await see(names.nth(1)).toContainText('the DNS of this network does not answer.')
    const list = page.getByRole('list', { name: 'Lists of relays' }).getByRole('listitem')
    await see(list).toContainText('Put here by whoever runs this computer. Holds 3 relays.')
    // It is not theirs to remove.
    await see(list.getByRole('button')).toHaveCount(0)
  })

  it('is changed source by source, with the keyboard alone', async () => {
    const page = await openWindow(scene())
    await openSettings(page, 'Network')
    await page.getByRole('switch', { name: 'Relays by name' }).focus()
    await page.keyboard.press('Space')
    await see(page.getByRole('switch', { name: 'Relays by name' })).not.toBeChecked()
    const asks = page.getByRole('radiogroup', { name: 'Relays that your relays know' })
    await see(asks.getByRole('radio', { name: 'Ask me' })).toBeChecked()
    await asks.getByRole('radio', { name: 'Ask me' }).focus()
    await page.keyboard.press('ArrowRight')
    await see(asks.getByRole('radio', { name: 'Use them' })).toBeChecked()
    await page.getByRole('switch', { name: 'Relays that people use' }).uncheck()
    expect(await callsOf(page, 'changeSettings')).toEqual([{ relaysByName: false }, { relaysThroughRelays: 'use' }, { relaysFromPeers: false }])

    await page.getByRole('button', { name: 'Look again now' }).click()
    const names = page.getByRole('list', { name: 'Names of relays' }).getByRole('listitem')
    await see(names.nth(0)).toContainText('Looking it up…')
    await see(names.nth(1)).toContainText('Stands for 0 relays.')
    await page.getByRole('button', { name: 'Remove relay.example.org' }).click()
    await see(names).toHaveCount(1)
    expect(await callsOf(page, 'removeRelayName')).toEqual([{ name: 'relay.example.org' }])
  })

  it.each([['light', 1280, 800], ['dark', 1280, 800], ['light', 800, 600], ['dark', 800, 600]] as const)('fits: %s, %i × %i', async (colorScheme, width, height) => {
    const page = await openWindow(scene(), { colorScheme, viewport: { width, height } })
    await openSettings(page, 'Network')
    const part = page.getByRole('region', { name: 'Where relays come from' })
    await part.scrollIntoViewIfNeeded()
    await page.screenshot({ path: `artifacts/relay-sources-${colorScheme}-${String(width)}.png` })
    expect(await part.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
  })
})
