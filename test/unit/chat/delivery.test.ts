import { describe, expect, it } from 'vitest'
import { advance } from '../../../main/chat/topics/delivery.ts'

const queued = { kind: 'queued' } as const
const sent = (people: number) => ({ kind: 'sent', people }) as const

describe('delivery', () => {
  it('moves forward', () => {
    expect(advance(undefined, queued)).toEqual(queued)
    expect(advance(queued, sent(1))).toEqual(sent(1))
    expect(advance(sent(1), sent(3))).toEqual(sent(3))
  })

  it('never moves back', () => {
    expect(advance(sent(2), queued)).toEqual(sent(2))
    expect(advance(sent(2), sent(1))).toEqual(sent(2))
  })
})
