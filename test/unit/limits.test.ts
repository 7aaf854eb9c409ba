import { describe, expect, it } from 'vitest'
import { MAX_NAME_LENGTH, MAX_POST_BYTES, MAX_TOPIC_LENGTH, TOPIC_PREFIX } from '../../main/chat/limits.ts'
import { MAX_INVITE_LENGTH } from '../../main/node/discovery/invite.ts'
import { MAX_TOPIC_NAME_BYTES } from '../../main/node/limits.ts'
import * as contract from '../../preload/contract/index.ts'

describe('limits', () => {
  it('are the same on both sides of the contract', () => {
    expect([MAX_POST_BYTES, MAX_NAME_LENGTH, MAX_TOPIC_LENGTH, MAX_INVITE_LENGTH])
      .toEqual([contract.MAX_POST_BYTES, contract.MAX_NAME_LENGTH, contract.MAX_TOPIC_LENGTH, contract.MAX_INVITE_LENGTH])
  })

  it('let every topic that a person may name onto the wire', () => {
    // Three bytes of UTF-8 for one UTF-16 unit is the most.
    expect(TOPIC_PREFIX.length + 3 * MAX_TOPIC_LENGTH).toBeLessThanOrEqual(MAX_TOPIC_NAME_BYTES)
  })
})
