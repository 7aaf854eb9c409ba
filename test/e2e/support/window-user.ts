import type { Locator, Page } from '@playwright/test'
import type { Protocol } from '../../../preload/contract/index.ts'
import { linesNow, recordDrawings } from './drawn.ts'

/** Milliseconds that a part of the window may take to appear: a first start makes a key and a node. */
const APPEAR_WITHIN = 20_000

/** A person in front of a window: does what people do, by the names that people read. */
export class WindowUser {
  readonly #page: Page

  constructor (page: Page) {
    this.#page = page
    page.setDefaultTimeout(APPEAR_WITHIN)
  }

  /** First start on a system without a key store: leaves the key open and says a name. */
  async introduce ({ name }: { readonly name: string }): Promise<void> {
    await this.#button('Go on without protection').click()
    await this.#field('Display name').fill(name)
    await this.#field('Display name').press('Enter')
  }

  /** On the welcome screen: goes to the main window without a topic. */
  async lookAround (): Promise<void> {
    await this.#button('Look around first').click()
  }

  /** On the welcome screen: joins a topic, which leads to the main window. */
  async start ({ topic }: { readonly topic: string }): Promise<void> {
    await this.#join(topic)
    await this.#list('Posts').waitFor()
  }

  async #join (what: string): Promise<void> {
    await this.#field('Topic name, invite or relay').fill(what)
    await this.#button('Join').click()
  }

  /** In the main window: joins one more topic. */
  async subscribe ({ topic }: { readonly topic: string }): Promise<void> {
    await this.#button('Join or create… Ctrl N').click()
    await this.#join(topic)
    await this.#field(`Post to ${topic}`).waitFor()
  }

  async open ({ topic }: { readonly topic: string }): Promise<void> {
    await this.#list('Topics').getByText(topic, { exact: true }).click()
    await this.#field(`Post to ${topic}`).waitFor()
  }

  /** Adds a relay in settings; answers what the window says is wrong with it, or ''. */
  async addRelay ({ address }: { readonly address: string }): Promise<string> {
    await this.#settings('Network')
    await this.#field('Relay address').fill(address)
    await this.#button('Add relay').click()
    const added = this.#list('Relays').getByText(address, { exact: true })
    const error = this.#page.getByRole('alert')
    await added.or(error).first().waitFor()
    const words = await error.isVisible() ? await error.innerText() : ''
    await this.#leaveSettings()
    return words
  }

  /** Names a proxy in settings; answers what the window says is wrong with it, or ''. */
  async useProxy ({ address, user, password }: { readonly address: string, readonly user?: string, readonly password?: string }): Promise<string> {
    await this.#settings('Network')
    await this.#page.getByRole('radio', { name: 'This proxy' }).check()
    await this.#field('Proxy address').fill(address)
    if (user !== undefined) await this.#field('User').fill(user)
    if (password !== undefined) await this.#field('Password').fill(password)
    await this.#button('Use this proxy').click()
    const error = this.#page.getByRole('alert')
    await this.#page.getByText('Natter goes through it now.').or(error).first().waitFor()
    const words = await error.isVisible() ? await error.innerText() : ''
    await this.#leaveSettings()
    return words
  }

  /** What settings say about each relay: who, where, how it stands. */
  async relays (): Promise<string[]> {
    await this.#settings('Network')
    const texts = await this.#list('Relays').getByRole('listitem').allInnerTexts()
    await this.#leaveSettings()
    return texts
  }

  /** Adds relays by a name in settings; answers what the window says is wrong with it, or ''. */
  async addRelayName ({ name }: { readonly name: string }): Promise<string> {
    await this.#settings('Network')
    await this.#field('Relay address').fill(name)
    await this.#button('Add relay').click()
    const added = this.#list('Names of relays').getByText(name, { exact: true })
    const error = this.#page.getByRole('alert')
    await added.or(error).first().waitFor()
    const words = await error.isVisible() ? await error.innerText() : ''
    await this.#leaveSettings()
    return words
  }

  /** Agrees to a relay that waits for it in settings. */
  async agreeToRelay ({ peerId }: { readonly peerId: string }): Promise<void> {
    await this.#settings('Network')
    await this.#list('Relays').getByRole('listitem').filter({ hasText: peerId }).getByRole('button', { name: 'Use this relay' }).click()
    await this.#leaveSettings()
  }

  /** The link that the button 'Invite' makes. */
  async invite (): Promise<string> {
    await this.#button('Invite').click()
    const link = await this.#field('Invite link').inputValue()
    await this.#page.keyboard.press('Escape')
    await this.#page.getByRole('dialog').waitFor({ state: 'detached' })
    return link
  }

  /** On the welcome screen: pastes an invite and agrees to it. */
  async join ({ link }: { readonly link: string }): Promise<void> {
    await this.#field('Topic name, invite or relay').fill(link)
    await this.#page.getByRole('group', { name: 'What the invite says' }).waitFor()
    await this.#button('Join').click()
    await this.#list('Posts').waitFor()
  }

  /** Types and posts with the keyboard alone. */
  async post ({ topic, text }: { readonly topic: string, readonly text: string }): Promise<void> {
    await this.#field(`Post to ${topic}`).fill(text)
    await this.#field(`Post to ${topic}`).press('Enter')
  }

  /** Items of the list of posts as they are read out: author, text, time, delivery state. */
  async posts (): Promise<string[]> {
    return this.#list('Posts').evaluate(readList)
  }

  async people (): Promise<string[]> {
    return this.#list('People').getByRole('listitem').allInnerTexts()
  }

  async reachability (): Promise<string> {
    return this.#page.getByRole('status', { name: 'Reachability' }).innerText()
  }

  /** The ways by which others reach us, as the details behind the status line list them; none where nobody does. */
  async ways (): Promise<string[]> {
    await this.#page.getByRole('button', { name: 'Reachability' }).click()
    const details = this.#page.getByRole('dialog', { name: 'How others reach you' })
    await details.waitFor()
    const ways = await details.getByRole('list', { name: 'Ways to you' }).getByRole('listitem').allInnerTexts()
    await this.#page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })
    return ways
  }

  /** Switches in settings, as one does while chatting, and comes back. */
  async switchTo ({ protocol }: { readonly protocol: Protocol }): Promise<void> {
    const name = protocol === 'gossipsub' ? 'Gossipsub' : 'Floodsub'
    await this.#settings('Network')
    await this.#page.getByRole('radio', { name }).check()
    await this.#page.getByText(`${name} is in use.`).waitFor()
    await this.#leaveSettings()
  }

  /** Opens the view of the network, if it is closed, and leaves it open: what it says of itself, its picture, and the table's rows. */
  async network (): Promise<{ readonly picture: string, readonly lines: Readonly<Record<string, number>>, readonly rows: readonly string[] }> {
    const picture = this.#page.getByRole('img', { name: /^Picture of the network/ })
    if (await this.#page.getByRole('heading', { name: 'Network', exact: true }).count() === 0) {
      await recordDrawings(this.#page)
      await this.#page.keyboard.press('Control+Shift+N')
    }
    await picture.waitFor()
    return {
      picture: await picture.getAttribute('aria-label') ?? '',
      lines: await linesNow(this.#page),
      rows: (await this.#page.getByRole('grid').locator('tbody tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '))
    }
  }

  async hideNetwork (): Promise<void> {
    await this.#button('Close the network').click()
    await this.#page.getByRole('grid').waitFor({ state: 'detached' })
  }

  /** What the card says that opens from somebody in the list of people. */
  async card ({ name }: { readonly name: string }): Promise<string> {
    await this.#list('People').getByRole('button', { name: new RegExp(name) }).click()
    const card = this.#page.getByRole('dialog', { name })
    const words = await card.innerText()
    await this.#page.keyboard.press('Escape')
    await card.waitFor({ state: 'detached' })
    return words.replace(/\s+/g, ' ')
  }

  /** Lets circuits be turned into direct connections, or no longer. */
  async directConnections ({ on }: { readonly on: boolean }): Promise<void> {
    await this.#turn('Direct connections', on)
  }

  /** Has the router asked for a port, or no longer. */
  async routerPort ({ on }: { readonly on: boolean }): Promise<void> {
    await this.#turn('Ask the router for a port', on)
  }

  async #turn (name: string, on: boolean): Promise<void> {
    await this.#settings('Network')
    await this.#page.getByRole('switch', { name }).setChecked(on)
    await this.#leaveSettings()
  }

  async setTheme ({ theme }: { readonly theme: 'Light' | 'Dark' }): Promise<void> {
    await this.#settings('Appearance')
    await this.#page.getByRole('radio', { name: theme }).check()
    await this.#leaveSettings()
  }

  /** Opens a section of settings and leaves it open. */
  async showSettings ({ section }: { readonly section: string }): Promise<void> {
    await this.#settings(section)
  }

  async hideSettings (): Promise<void> {
    await this.#leaveSettings()
  }

  async #settings (section: string): Promise<void> {
    await this.#button('Settings').click()
    await this.#page.getByRole('tab', { name: section }).click()
  }

  async #leaveSettings (): Promise<void> {
    await this.#page.keyboard.press('Escape')
    await this.#page.getByRole('tab', { name: 'Network' }).waitFor({ state: 'detached' })
  }

  #button (name: string): Locator {
    return this.#page.getByRole('button', { name, exact: true })
  }

  #field (name: string): Locator {
    return this.#page.getByRole('textbox', { name, exact: true })
  }

  #list (name: string): Locator {
    return this.#page.getByRole('list', { name, exact: true })
  }
}

/**
 * Reads a virtual list from its first row to its last, as somebody does who
 * scrolls through it, and stays at its end. It runs in the page.
 */
async function readList (list: Element): Promise<string[]> {
  const frame = (): Promise<void> => new Promise((resolve) => {
    // A window that is not drawn has no frames.
    const timer = setTimeout(resolve, 100)
    requestAnimationFrame(() => { clearTimeout(timer); resolve() })
  })
  const read = new Map<string, string>()
  const gather = (): void => {
    for (const item of list.querySelectorAll<HTMLElement>('[role="listitem"]')) {
      const copy = item.cloneNode(true) as HTMLElement
      // Days and the line above what is new are drawn for the eye.
      for (const line of copy.querySelectorAll('[data-line]')) line.remove()
      read.set(item.dataset['row'] ?? '', copy.textContent.replace(/\s+/g, ' ').trim())
    }
  }
  const below = (): number => list.scrollHeight - list.scrollTop - list.clientHeight
  if (list.scrollHeight > list.clientHeight) {
    // Near the top an older page is read and put above; at the very top there is none.
    for (let top = 0; top < 5; top = list.scrollTop === 0 ? top + 1 : 0) {
      list.scrollTop = 0
      await frame()
      await frame()
    }
    for (let step = 0; step < 500; step++) {
      await frame()
      await frame()
      gather()
      if (below() < 2) break
      list.scrollTop += list.clientHeight * 0.7
    }
  } else gather()
  return [...read.values()]
}
