import type { Reach, Standing } from '../preload/contract/index.ts'

/** How good or bad news is: a dot's colour, the tray's icon. */
export type Tone = 'good' | 'idle' | 'warn' | 'bad'

/** How we stand, in one or two sentences without the last full stop. */
export function standingWords (standing: Standing): string {
  switch (standing.kind) {
    case 'starting': return 'Starting the network…'
    case 'safe-mode': return 'Safe mode: no network'
    case 'running': {
      const people = peopleWords(standing.connected, standing.behindHub)
      return people === '' ? reachWords(standing.reach) : `${people}. ${newPeopleWords(standing.reach)}`
    }
  }
}

/** How good that is. Whoever talks with somebody is not offline, whatever the relays do. */
export function standingTone (standing: Standing): Tone {
  if (standing.kind === 'starting') return 'idle'
  if (standing.kind === 'safe-mode') return 'bad'
  const isAlone = standing.connected + standing.behindHub === 0
  switch (standing.reach.kind) {
    case 'anyone': return 'good'
    case 'asking': return 'idle'
    case 'local': return isAlone ? 'idle' : 'good'
    case 'down':
    case 'refused':
    case 'no-network': return isAlone ? 'bad' : 'warn'
  }
}

function peopleWords (connected: number, behindHub: number): string {
  if (connected === 0) return behindHub === 0 ? '' : `${people(behindHub)} online`
  return behindHub === 0 ? `Connected to ${people(connected)}` : `Connected to ${people(connected)}, ${String(behindHub)} more online`
}

/** Who can reach us, where nobody is connected. */
function reachWords (reach: Reach): string {
  switch (reach.kind) {
    case 'anyone': return 'Others can reach you'
    case 'asking': return `Connecting to your ${reach.relays === 1 ? 'relay' : 'relays'}…`
    case 'local': return 'Only people on your local network can reach you'
    case 'down': return `Only people on your local network can reach you until ${back(reach.relays)}`
    case 'refused': return `Only people on your local network can reach you: ${refused(reach.relays)}`
    case 'no-network': return 'This computer has no network connection'
  }
}

/** Who else can reach us, where somebody is connected. */
function newPeopleWords (reach: Reach): string {
  switch (reach.kind) {
    case 'anyone': return 'Others can reach you too'
    case 'asking': return reachWords(reach)
    case 'local': return 'New people can reach you on your local network only'
    case 'down': return `New people can’t reach you until ${back(reach.relays)}`
    case 'refused': return `New people can’t reach you: ${refused(reach.relays)}`
    case 'no-network': return 'This computer has no network connection'
  }
}

function back (relays: number): string {
  return relays === 1 ? 'your relay is back' : 'one of your relays is back'
}

function refused (relays: number): string {
  return relays === 1 ? 'your relay turned you away' : 'your relays turned you away'
}

function people (n: number): string {
  return `${String(n)} ${n === 1 ? 'person' : 'people'}`
}
