import { expect, it } from 'vitest'
import type { MadeInvite, Standing } from '../../../preload/contract/index.ts'
import { inviteTrouble, relaysInInvite } from '../../../renderer/logic/invite-words.ts'

const made = (named: number, answering: boolean, leftOut = 0): MadeInvite => ({ link: '', relays: { named, answering, leftOut } })
const running = (kind: 'anyone' | 'local' | 'no-network' | 'down'): Standing => ({ kind: 'running', connected: 0, behindHub: 0, reach: kind === 'down' ? { kind, relays: 1 } : { kind } })

it('an invite says which relays it names, and which it does not', () => {
  expect([made(0, false), made(1, true), made(2, true), made(1, true, 1), made(2, true, 3)].map(({ relays }) => relaysInInvite(relays))).toEqual([
    'no relay: you have none', 'your relay', 'your 2 relays', 'your relay; another one doesn’t answer, so it is left out', 'your 2 relays; 3 others don’t answer, so they are left out'
  ])
})

it('an invite says what keeps people from coming by it', () => {
  expect(inviteTrouble(made(1, true), running('down'))).toBe('')
  expect(inviteTrouble(made(0, false), running('anyone')), 'a dial-back reached us').toBe('')
  expect(inviteTrouble(made(0, false), running('local'))).toMatch(/^Only people on your local network can use this link yet/)
  expect(inviteTrouble(made(1, false), running('down'))).toMatch(/^Your relay doesn’t answer at the moment\. The link names it anyway/)
  expect(inviteTrouble(made(2, false), running('down'))).toMatch(/^None of your relays answers/)
  expect(inviteTrouble(made(1, false), running('no-network'))).toMatch(/no network connection/)
  expect(inviteTrouble(made(1, false), { kind: 'safe-mode' })).toMatch(/safe mode/)
})
