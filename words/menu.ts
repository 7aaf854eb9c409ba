/** Labels of what menus of window and system offer to do with text. */
export const EDIT_WORDS = {
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  delete: 'Delete',
  selectAll: 'Select all',
  /** Natter checks no spelling: Chromium would fetch dictionaries from a company's server. */
  noSpelling: 'No spelling suggestions',
  openLink: 'Open link…',
  copyLink: 'Copy link',
  copyMessage: 'Copy message'
} as const
