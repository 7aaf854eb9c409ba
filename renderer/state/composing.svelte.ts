import { tick } from 'svelte'
import { isBlank } from '../../text/unseen.ts'
import { grouped } from '../logic/bytes.ts'
import { foldDraft, isRoomFor, MOST_DRAFT, type Draft } from '../logic/draft.ts'
import { DraftSteps, type Standing } from '../logic/draft-steps.ts'
import type { Writing } from './writing.svelte.ts'

/**
 * The field that a draft is written in, where the draft may be longer than
 * what the field can hold without freezing: what is pasted beyond that stays
 * beside the field, and belongs to whatever is done to all of the draft.
 */
export class Composing {
  readonly #writing: Writing
  readonly #steps = new DraftSteps()
  field = $state<HTMLTextAreaElement>()

  constructor (writing: Writing) {
    this.#writing = writing
  }

  /** Before the field changes by itself: what it must not do so is done here, and can be taken back likewise. */
  beforeInput (event: InputEvent): void {
    if (event.isComposing) return
    const { inputType } = event
    if (inputType === 'historyUndo' || inputType === 'historyRedo') {
      if (this.#goBack(inputType === 'historyUndo')) event.preventDefault()
      return
    }
    if (inputType === 'insertFromDrop') {
      if (this.#insert(event.data ?? event.dataTransfer?.getData('text/plain') ?? '')) event.preventDefault()
    } else if (this.#hasAll() && (inputType.startsWith('delete') || inputType === 'insertText')) {
      event.preventDefault()
      this.#change(inputType === 'insertText' ? event.data ?? '' : '')
    }
  }

  /** The field changed by itself. Where nothing is left in it, what follows comes in. */
  changed (event: Event): void {
    this.#steps.typed(this.field?.value ?? '', event instanceof InputEvent && event.inputType === 'historyUndo')
    if (this.field?.value === '' && this.#writing.rest !== '') this.#become({ ...foldDraft(this.#writing.rest), from: 0, to: 0 })
  }

  /** Ctrl Z and its like, which say nothing where the field itself has nothing to take back; answers whether it was one. */
  key (event: KeyboardEvent): boolean {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false
    const key = event.key.toLowerCase()
    if (key === 'z') return this.#goBack(!event.shiftKey)
    return key === 'y' && !event.shiftKey && this.#goBack(false)
  }

  /** Takes what is pasted where the field cannot: before Chromium makes it ready to be laid out. */
  paste (event: ClipboardEvent): void {
    if (this.#insert(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault()
  }

  /** Copies or cuts all of the draft where all of the field is selected. */
  copy (event: ClipboardEvent): void {
    if (!this.#hasAll() || event.clipboardData === null) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', this.#writing.draft + this.#writing.rest)
    if (event.type === 'cut') this.#change('')
  }

  /** Throws away what follows the field; it can be taken back. */
  dropRest (): void {
    this.#become({ shown: this.#writing.draft, rest: '', ...this.#selection() })
    this.field?.focus()
  }

  /** Another draft is begun. */
  begin (): void {
    this.#steps.clear()
  }

  /** All of a draft is selected that goes on beside the field. */
  #hasAll (): boolean {
    const { field } = this
    return field !== undefined && this.#writing.rest !== '' && field.selectionStart === 0 && field.selectionEnd === field.value.length
  }

  /** Puts a text in place of what is selected, where the field cannot; answers whether it did. */
  #insert (text: string): boolean {
    const { field } = this
    if (field === undefined) return false
    const all = this.#hasAll()
    const { from, to } = this.#selection()
    // Looking first spares two million characters of most pastes from being copied.
    const plain = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
    const before = field.value.slice(0, from)
    const whole = all ? plain : before + plain + field.value.slice(to)
    if (!all && isRoomFor(whole)) return false
    if (whole.length + this.#writing.rest.length > MOST_DRAFT) {
      this.#writing.refusal = `These are ${grouped(plain.length)} characters, too many to paste here; at most ${grouped(MOST_DRAFT)} fit. They are still on the clipboard: save them as a file instead.`
      return true
    }
    this.#change(all ? whole : whole + this.#writing.rest, before.length + plain.length)
    return true
  }

  /** Makes a text the draft; it can be taken back. */
  #change (text: string, caret = text.length): void {
    const draft = foldDraft(text)
    const at = Math.min(caret, draft.shown.length)
    this.#become({ ...draft, from: at, to: at })
    this.#writing.refusal = ''
  }

  #become (after: Standing): void {
    this.#steps.add({ ...this.#draft(), ...this.#selection() }, after)
    this.#show(after)
  }

  #goBack (undo: boolean): boolean {
    const standing = undo ? this.#steps.undo(this.#draft()) : this.#steps.redo(this.#draft())
    if (standing === undefined) return false
    this.#show(standing)
    return true
  }

  #show (standing: Standing): void {
    this.#writing.set(standing)
    void tick().then(() => {
      this.field?.setSelectionRange(standing.from, standing.to)
      if (this.field !== undefined && standing.to === standing.shown.length) this.field.scrollTop = this.field.scrollHeight
    })
  }

  #draft (): Draft {
    return { shown: this.field?.value ?? this.#writing.draft, rest: this.#writing.rest }
  }

  #selection (): { readonly from: number, readonly to: number } {
    return { from: this.field?.selectionStart ?? 0, to: this.field?.selectionEnd ?? 0 }
  }
}

/** Whether there is nothing in a draft that others would see. */
export function isNothing ({ draft, rest }: Pick<Writing, 'draft' | 'rest'>): boolean {
  return isBlank(draft) && (rest === '' || isBlank(rest.slice(0, MOST_LOOKED_AT)))
}

/** What is posted at once is shorter than this. */
const MOST_LOOKED_AT = 16_384
