import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron'
import type { Argument, MenuPick } from '../../../preload/contract/index.ts'
import { EDIT_WORDS } from '../../../words/menu.ts'

/** What Chromium says of the place that a menu is asked for at. */
export type Place = Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'formControlType'> & { readonly editFlags: Pick<ContextMenuParams['editFlags'], 'canCut' | 'canCopy' | 'canPaste' | 'canSelectAll'> }

/**
 * The menu of a field, or of text that is selected. What cannot be done there
 * is greyed out, so that each item is always where it was.
 *
 * @returns no items where there is nothing to do
 */
export function textMenu ({ isEditable, selectionText, formControlType, editFlags: { canCut, canCopy, canPaste, canSelectAll } }: Place): MenuItemConstructorOptions[] {
  if (!isEditable) return selectionText.trim() === '' ? [] : [{ role: 'copy', label: EDIT_WORDS.copy, enabled: canCopy }]
  return [
    // One writes sentences there.
    ...(formControlType === 'text-area' ? [{ label: EDIT_WORDS.noSpelling, enabled: false }, { type: 'separator' }] satisfies MenuItemConstructorOptions[] : []),
    { role: 'cut', label: EDIT_WORDS.cut, enabled: canCut },
    { role: 'copy', label: EDIT_WORDS.copy, enabled: canCopy },
    { role: 'paste', label: EDIT_WORDS.paste, enabled: canPaste },
    { type: 'separator' },
    { role: 'selectAll', label: EDIT_WORDS.selectAll, enabled: canSelectAll }
  ]
}

/**
 * The menu of a post: of the link that it was asked for at, of what is selected, of the whole post.
 *
 * @param pick told what the window is to do
 */
export function postMenu ({ link, selection }: Pick<Argument<'showPostMenu'>, 'link' | 'selection'>, pick: (picked: MenuPick) => void): MenuItemConstructorOptions[] {
  const item = (picked: MenuPick): MenuItemConstructorOptions => ({ label: EDIT_WORDS[picked], click: () => { pick(picked) } })
  return [
    ...(link ? [item('openLink'), item('copyLink'), { type: 'separator' }] satisfies MenuItemConstructorOptions[] : []),
    ...(selection ? [{ role: 'copy', label: EDIT_WORDS.copy }] satisfies MenuItemConstructorOptions[] : []),
    item('copyMessage')
  ]
}
