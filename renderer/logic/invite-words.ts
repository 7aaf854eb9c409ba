import type { MadeInvite, Standing } from '../../preload/contract/index.ts'

/** Which relays an invite names, as an item of a list. */
export function relaysInInvite ({ named, leftOut }: MadeInvite['relays']): string {
  const words = named === 0 ? 'no relay: you have none' : named === 1 ? 'your relay' : `your ${String(named)} relays`
  if (leftOut === 0) return words
  return leftOut === 1 ? `${words}; another one doesn’t answer, so it is left out` : `${words}; ${String(leftOut)} others don’t answer, so they are left out`
}

/** What keeps people from coming by an invite at the moment, in one or two sentences; '' where nothing does. */
export function inviteTrouble ({ relays: { named, answering } }: MadeInvite, standing: Standing): string {
  if (standing.kind === 'safe-mode') return 'Natter is in safe mode, without a network. The link works once you leave it.'
  const reach = standing.kind === 'running' ? standing.reach.kind : 'asking'
  if (reach === 'anyone' || answering) return ''
  if (reach === 'no-network') return 'This computer has no network connection. The link works once it has one.'
  if (named === 0) return 'Only people on your local network can use this link yet. Add a relay in Settings, then make a new one.'
  return named === 1
    ? 'Your relay doesn’t answer at the moment. The link names it anyway, and works once the relay is back.'
    : 'None of your relays answers at the moment. The link names them anyway, and works once one is back.'
}
