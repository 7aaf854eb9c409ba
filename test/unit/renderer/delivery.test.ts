import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../preload/contract/index.ts'
import { importedWords, savedWords } from '../../../renderer/logic/archive.ts'
import { deliveryWords } from '../../../renderer/logic/delivery.ts'
import { keepingWords } from '../../../renderer/logic/keeping.ts'

describe('delivery in words', () => {
  it.each<[Delivery, string, string]>([
    [{ kind: 'queued' }, 'Waiting for somebody to be there', 'Waiting for somebody to be there'],
    [{ kind: 'sent', people: 1 }, 'sent to 1', 'Sent to 1 person'],
    [{ kind: 'sent', people: 3 }, 'sent to 3', 'Sent to 3 people'],
    [{ kind: 'held', people: 2, hubs: 0, sent: 0 }, 'held by 2', 'Held by 2 people'],
    [{ kind: 'held', people: 2, hubs: 0, sent: 2 }, 'held by 2', 'Held by 2 people'],
    [{ kind: 'held', people: 1, hubs: 0, sent: 3 }, 'held by 1', 'Sent to 3 people, held by 1'],
    [{ kind: 'held', people: 2, hubs: 1, sent: 2 }, 'held by 2', 'Held by 2 people and a hub'],
    [{ kind: 'held', people: 2, hubs: 2, sent: 4 }, 'held by 2', 'Sent to 4 people, held by 2 and 2 hubs'],
    [{ kind: 'held', people: 0, hubs: 1, sent: 0 }, 'kept by a hub', 'Kept by a hub until somebody comes'],
    [{ kind: 'held', people: 0, hubs: 1, sent: 3 }, 'sent to 3', 'Sent to 3 people, and kept by a hub']
  ])('%j', (delivery, short, full) => {
    expect(deliveryWords(delivery)).toEqual({ short, full })
  })
})

describe('files in words', () => {
  it('say where an export went, and how much it is', () => {
    expect(savedWords({ path: '/tmp/x.jsonl', posts: 1_234 })).toBe('Saved 1,234 posts to /tmp/x.jsonl')
    expect(savedWords(null)).toBe('')
  })

  it('say what an import brought', () => {
    expect(importedWords({ topics: ['a'], added: 1_200, known: 30, refused: 1 })).toBe('Added 1,200 posts. 30 were here already. 1 was refused: it is not as its author signed it, or its author is blocked.')
    expect(importedWords({ topics: ['a', 'b'], added: 1, known: 0, refused: 0 })).toBe('Added 1 post to 2 topics.')
    expect(importedWords({ topics: [], added: 0, known: 0, refused: 0 })).toBe('The file holds no posts.')
    expect(importedWords(null)).toBe('')
  })

  it('say how long posts are kept', () => {
    expect([null, 365, 90, 1].map(keepingWords)).toEqual(['for ever', 'for a year', 'for 90 days', 'for a day'])
  })
})
