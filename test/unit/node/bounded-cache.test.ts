import { expect, it } from 'vitest'
import { boundCache } from '../../../main/node/pubsub/bounded-cache.ts'

/** Gossipsub's own cache, as its source has it: windows of ids, the newest first. */
function makeCache () {
  const msgs = new Map<string, object>()
  const windows: string[][] = [[], []]
  return {
    msgs,
    put: ({ msgIdStr }: { readonly msgIdStr: string }, message: object) => {
      if (msgs.has(msgIdStr)) return false
      msgs.set(msgIdStr, message)
      windows[0]?.push(msgIdStr)
      return true
    },
    shift: () => {
      for (const id of windows.pop() ?? []) msgs.delete(id)
      windows.unshift([])
    },
    remove: (id: string) => msgs.delete(id)
  }
}

const put = (mcache: ReturnType<typeof makeCache>, id: string, bytes = 488): boolean => mcache.put({ msgIdStr: id }, { data: new Uint8Array(bytes) })

it('keeps as many bytes as it may, the newest', () => {
  const mcache = makeCache()
  boundCache({ mcache }, 3_000)
  for (let at = 0; at < 10; at++) expect(put(mcache, String(at))).toBe(true)
  expect([...mcache.msgs.keys()]).toEqual(['7', '8', '9'])
})

it('keeps one message that is larger than all may be, for it is being sent', () => {
  const mcache = makeCache()
  boundCache({ mcache }, 3_000)
  put(mcache, 'a')
  put(mcache, 'large', 60_000)
  expect([...mcache.msgs.keys()]).toEqual(['large'])
})

it('counts a message once, and none that grew old', () => {
  const mcache = makeCache()
  boundCache({ mcache }, 3_000)
  put(mcache, 'a')
  for (let at = 0; at < 5; at++) expect(put(mcache, 'a')).toBe(false)
  put(mcache, 'b')
  expect([...mcache.msgs.keys()]).toEqual(['a', 'b'])
  mcache.shift()
  mcache.shift()
  for (const id of ['c', 'd', 'e']) put(mcache, id)
  expect([...mcache.msgs.keys()]).toEqual(['c', 'd', 'e'])
})
