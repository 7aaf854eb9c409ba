import { call } from '../api.ts'

/** Characters that the main process takes. */
const MOST = 65_536

/** Puts text on the clipboard; answers whether it is there. Longer text than a few pages only while a person presses something. */
export async function copyText (text: string): Promise<boolean> {
  return text.length > MOST ? copyHere(text) : (await call('copyText', { text })).ok
}

/** Chromium's own way, which takes text of any length without sending it through the main process. */
function copyHere (text: string): boolean {
  const put = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', put, { capture: true })
  const done = document.execCommand('copy')
  document.removeEventListener('copy', put, { capture: true })
  return done
}
