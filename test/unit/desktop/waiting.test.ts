import { beforeEach, expect, it } from 'vitest'
import type { Phase } from '../../../preload/contract/index.ts'
import { DEFAULT_SETTINGS } from '../../../main/settings/schema.ts'
import { createStatus, type Status } from '../../../main/desktop/status.ts'
import { tellWaiting } from '../../../main/desktop/waiting.ts'

let said: string[]
let isSeen: boolean
let notifications: boolean
let status: Status
beforeEach(() => {
  said = []
  isSeen = false
  notifications = true
  status = createStatus()
  tellWaiting({
    status,
    settings: { visible: () => ({ ...DEFAULT_SETTINGS, notifications }) },
    makeBanner: () => ({ show: ({ body }) => { said.push(body) }, close: () => { said.push('closed') } }),
    appName: 'Natter',
    isSeen: () => isSeen,
    onClick: () => {}
  })
})
const enter = (phase: Phase): void => { status.take({ sequence: 1, pushes: [{ event: 'phase:change', value: phase }] }) }

it('says what Natter waits for, and takes it back when it goes on', () => {
  enter({ kind: 'locked' })
  enter({ kind: 'starting' })
  expect(said).toEqual(['Natter waits for your passphrase. Nobody can reach you before.', 'closed'])
})

it('says that Natter failed while its window was away, and not before somebody\'s eyes', () => {
  enter({ kind: 'running' })
  isSeen = true
  enter({ kind: 'failed', message: 'x' })
  expect(said).toEqual(['closed'])
  isSeen = false
  enter({ kind: 'failed', message: 'x' })
  expect(said.at(-1)).toBe('Natter does not run. Open it to read why.')
})

it('says nothing where the person wants no notifications', () => {
  notifications = false
  enter({ kind: 'failed', message: 'x' })
  expect(said).toEqual([])
})
