import { readPasted } from '../../text/pasted.ts'
import { wholeOf } from './understood.ts'

/** Pastes an invite or a relay that a mail spread over several lines as one, in a way that can be undone. */
export function pasteWhole (event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? ''
  const whole = /[\n\r]/u.test(text.trim()) ? wholeOf(readPasted(text)) : undefined
  if (whole === undefined) return
  event.preventDefault()
  document.execCommand('insertText', false, whole)
}
