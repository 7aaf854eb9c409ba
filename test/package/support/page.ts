import { vi } from 'vitest'
import type { Cdp } from './cdp.ts'

/** Milliseconds that a part of a window may take to appear: a first start on two cores makes a key and a node. */
const APPEARS = { timeout: 60_000, interval: 100 }

/** Key codes of Chromium's, by the name of the key. */
const KEYS = { Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }, Escape: { key: 'Escape', code: 'Escape', windowsVirtualKeyCode: 27 } } as const

/** A packaged app's window, found and used by the names that are read out to people. */
export interface CdpPage {
  readonly click: (role: string, name: string) => Promise<void>
  readonly fill: (role: string, name: string, text: string) => Promise<void>
  readonly press: (key: keyof typeof KEYS) => Promise<void>
  /** Text of what has this role and name, as it is drawn; waits until it is there. */
  readonly read: (role: string, name: string) => Promise<string>
  /** Runs an expression in the page; its value must be JSON. */
  readonly evaluate: <T>(expression: string) => Promise<T>
  /** A PNG of the window. */
  readonly screenshot: () => Promise<Buffer>
}

interface Target { readonly targetId: string, readonly type: string, readonly url: string, readonly title: string }

/**
 * Waits for the app's window and attaches to its page. Not before the page has its title: one that is attached to
 * while it is being opened may hear nothing for ever.
 */
export async function openPage (cdp: Cdp): Promise<CdpPage> {
  const target = await vi.waitFor(async () => {
    const { targetInfos } = await cdp.send<{ targetInfos: Target[] }>('Target.getTargets')
    const page = targetInfos.find(({ type, url, title }) => type === 'page' && url.startsWith('app:') && title.startsWith('Natter'))
    if (page === undefined) throw new Error('the app has opened no window')
    return page
  }, APPEARS)
  const { sessionId } = await cdp.send<{ sessionId: string }>('Target.attachToTarget', { targetId: target.targetId, flatten: true })
  const ask = async <T>(method: string, params?: object): Promise<T> => cdp.send<T>(method, params, sessionId)

  const words = async (): Promise<string> => {
    const { result } = await ask<{ result: { value: string } }>('Runtime.evaluate', { expression: 'document.body.innerText', returnByValue: true })
    return result.value
  }
  /** A handle on the one element with this role and name. */
  const find = async (role: string, name: string): Promise<string> => vi.waitFor(async () => {
    const { root } = await ask<{ root: { nodeId: number } }>('DOM.getDocument', { depth: 0 })
    const { nodes } = await ask<{ nodes: { backendDOMNodeId: number, ignored: boolean }[] }>('Accessibility.queryAXTree', { nodeId: root.nodeId, role, accessibleName: name })
    const [node, ...more] = nodes.filter(({ ignored }) => !ignored)
    if (node === undefined || more.length > 0) throw new Error(`there should be one ${role} "${name}", and there are ${String(nodes.length)}; the window says:\n${await words()}`)
    const { object } = await ask<{ object: { objectId: string } }>('DOM.resolveNode', { backendNodeId: node.backendDOMNodeId })
    return object.objectId
  }, APPEARS)
  const on = async <T>(objectId: string, body: string): Promise<T> => {
    const { result } = await ask<{ result: { value: T } }>('Runtime.callFunctionOn', { objectId, functionDeclaration: `function () { ${body} }`, returnByValue: true })
    return result.value
  }
  return {
    click: async (role, name) => { await on(await find(role, name), 'this.click()') },
    fill: async (role, name, text) => {
      await on(await find(role, name), 'this.focus(); this.select()')
      await ask('Input.insertText', { text })
    },
    press: async (key) => {
      for (const type of ['keyDown', 'keyUp']) await ask('Input.dispatchKeyEvent', { type, ...KEYS[key] })
    },
    read: async (role, name) => on<string>(await find(role, name), 'return this.innerText'),
    evaluate: async <T>(expression: string) => {
      const { result } = await ask<{ result: { value: T } }>('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
      return result.value
    },
    screenshot: async () => {
      const { data } = await ask<{ data: string }>('Page.captureScreenshot')
      return Buffer.from(data, 'base64')
    }
  }
}
