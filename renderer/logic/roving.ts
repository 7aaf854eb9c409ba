/**
 * Arrow keys, Home and End in a list of buttons that is one stop for Tab.
 * Buttons that take part carry `data-rove`.
 */
export function rove (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-rove]')]
  const at = items.findIndex((item) => item === document.activeElement)
  const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : undefined
  if (to === undefined) return
  const item = items[Math.min(items.length - 1, Math.max(0, to))]
  if (item === undefined) return
  event.preventDefault()
  item.focus()
  item.scrollIntoView({ block: 'nearest' })
}
