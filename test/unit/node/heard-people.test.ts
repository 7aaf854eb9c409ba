import { expect, it } from 'vitest'
import { HeardPeople } from '../../../main/node/discovery/unrecorded.ts'

it('remembers who was heard through a hub, the last one last, until the hub is gone', () => {
  const heard = new HeardPeople()
  expect([heard.hear('hub', 'x', 'a'), heard.hear('hub', 'x', 'b'), heard.hear('hub', 'x', 'a'), heard.hear('other', 'x', 'a')]).toEqual([true, true, false, true])
  expect(heard.through('hub', 'x')).toEqual(['b', 'a'])
  expect(heard.through('hub', 'y')).toEqual([])
  heard.drop('hub')
  expect(heard.through('hub', 'x')).toEqual([])
  expect(heard.through('other', 'x')).toEqual(['a'])
  expect(heard.hear('hub', 'x', 'a')).toBe(true)
})

it('remembers 1,000 in all, whoever signs with another key each time', () => {
  const heard = new HeardPeople()
  for (let index = 0; index < 3_000; index++) heard.hear(`hub ${index % 3}`, `topic ${index % 7}`, `peer ${index}`)
  const all = [0, 1, 2].flatMap((hub) => [0, 1, 2, 3, 4, 5, 6].flatMap((topic) => heard.through(`hub ${hub}`, `topic ${topic}`)))
  expect(all).toHaveLength(1_000)
  expect(all.map((peer) => Number(peer.slice(5))).sort((a, b) => a - b)[0]).toBe(2_000)
})
