import type { Delivery } from '../../preload/contract/index.ts'
import { count } from './words.ts'

/** How far an own post got: a short form for beside the row, and the whole sentence. */
export interface DeliveryWords { readonly short: string, readonly full: string }

const people = (n: number): string => count(n, 'person', 'people')
const hubs = (n: number): string => n === 1 ? 'a hub' : `${String(n)} hubs`

/** Delivery in words; it claims what the evidence shows and no more. */
export function deliveryWords (delivery: Delivery): DeliveryWords {
  switch (delivery.kind) {
    case 'queued': return { short: 'Waiting for somebody to be there', full: 'Waiting for somebody to be there' }
    case 'sent': return { short: `sent to ${String(delivery.people)}`, full: `Sent to ${people(delivery.people)}` }
    case 'held': return heldWords(delivery)
  }
}

function heldWords (held: Extract<Delivery, { readonly kind: 'held' }>): DeliveryWords {
  const kept = held.hubs === 0 ? '' : `kept by ${hubs(held.hubs)}`
  if (held.people === 0) {
    if (held.sent === 0) return { short: kept, full: `Kept by ${hubs(held.hubs)} until somebody comes` }
    return { short: `sent to ${String(held.sent)}`, full: `Sent to ${people(held.sent)}${kept === '' ? '' : `, and ${kept}`}` }
  }
  const rest = held.hubs === 0 ? '' : ` and ${hubs(held.hubs)}`
  // Who holds a post was not always among those whom it was sent to, so 'of' would say too much.
  if (held.sent > held.people) {
    return { short: `held by ${String(held.people)}`, full: `Sent to ${people(held.sent)}, held by ${String(held.people)}${rest}` }
  }
  return { short: `held by ${String(held.people)}`, full: `Held by ${people(held.people)}${rest}` }
}
