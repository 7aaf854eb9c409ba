import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { postMenu, textMenu, type Place } from '../../../main/desktop/menu/context-menu.ts'

const place = (more: Partial<Place> = {}): Place => ({
  isEditable: true, selectionText: '', formControlType: 'input-text', editFlags: { canCut: false, canCopy: false, canPaste: true, canSelectAll: true }, ...more
})
/** Labels in their order; in brackets what cannot be done. */
const words = (items: readonly MenuItemConstructorOptions[]): string[] => items.map(({ label = '–', enabled = true, type }) => type === 'separator' ? '–' : enabled ? label : `(${label})`)

describe('the menu of a field', () => {
  it('cuts, copies, pastes and selects all, and greys out what cannot be done', () => {
    expect(words(textMenu(place()))).toEqual(['(Cut)', '(Copy)', 'Paste', '–', 'Select all'])
    expect(words(textMenu(place({ selectionText: 'x', editFlags: { canCut: true, canCopy: true, canPaste: false, canSelectAll: true } })))).toEqual(['Cut', 'Copy', '(Paste)', '–', 'Select all'])
    expect(textMenu(place()).map(({ role }) => role)).toEqual(['cut', 'copy', 'paste', undefined, 'selectAll'])
  })

  it('says where one writes sentences that spelling is not checked', () => {
    expect(words(textMenu(place({ formControlType: 'text-area' }))).slice(0, 2)).toEqual(['(No spelling suggestions)', '–'])
  })
})

it('selected text can be copied; where nothing is selected there is no menu', () => {
  const editFlags = { canCut: false, canCopy: true, canPaste: false, canSelectAll: true }
  expect(words(textMenu(place({ isEditable: false, selectionText: 'some words', editFlags })))).toEqual(['Copy'])
  expect(textMenu(place({ isEditable: false, selectionText: '  ' , editFlags }))).toEqual([])
})

it('a post can be copied, and so can its link and what is selected; each item says what it does', () => {
  const picked: string[] = []
  const build = (link: boolean, selection: boolean): MenuItemConstructorOptions[] => postMenu({ link, selection }, (one) => { picked.push(one) })
  expect(words(build(false, false))).toEqual(['Copy message'])
  expect(words(build(false, true))).toEqual(['Copy', 'Copy message'])
  const all = build(true, true)
  expect(words(all)).toEqual(['Open link…', 'Copy link', '–', 'Copy', 'Copy message'])
  expect(all[3]?.role).toBe('copy')
  for (const { click } of all) (click as (() => void) | undefined)?.()
  expect(picked).toEqual(['openLink', 'copyLink', 'copyMessage'])
})
