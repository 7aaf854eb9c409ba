/** How long posts may be kept: days and words; `null` is for ever. */
export const KEEPING: readonly { readonly days: number | null, readonly label: string }[] = [
  { days: null, label: 'For ever' },
  { days: 365, label: 'A year' },
  { days: 90, label: '90 days' },
  { days: 30, label: '30 days' },
  { days: 7, label: '7 days' },
  { days: 1, label: 'A day' }
]

/** How long, after 'Posts are kept'. */
export function keepingWords (days: number | null): string {
  if (days === null) return 'for ever'
  if (days === 1) return 'for a day'
  return days === 365 ? 'for a year' : `for ${String(days)} days`
}
