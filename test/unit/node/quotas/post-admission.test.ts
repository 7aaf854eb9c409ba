import { describe, expect, it } from 'vitest'
import { PostAdmission, type HandedMessage } from '../../../../main/node/quotas/post-admission.ts'
import { POST_QUOTA, raisedQuota } from '../../../../main/node/quotas/post-quota.ts'

interface Scene {
  readonly admission: PostAdmission
  readonly setAside: string[]
  /** Milliseconds go by. */
  readonly wait: (ms: number) => void
  /** Genuine posts one after the other; answers how many got in. */
  readonly send: (posts: number, message: Partial<HandedMessage> & { readonly author: string }) => number
}

function scene ({ known = [], quota = POST_QUOTA }: { readonly known?: readonly string[], readonly quota?: typeof POST_QUOTA } = {}): Scene {
  let now = 1_000
  const setAside: string[] = []
  const admission = new PostAdmission({ quota, isKnown: (author) => known.includes(author), onFlood: (peer) => { setAside.push(peer) }, now: () => now })
  return {
    admission,
    setAside,
    wait: (ms) => { now += ms },
    send: (posts, message) => {
      const whole = { neighbor: message.author, topic: 't', bytes: 400, ...message }
      let passed = 0
      for (let at = 0; at < posts; at++) {
        if (!admission.mayPass(whole)) continue
        admission.passed(whole)
        passed += 1
      }
      return passed
    }
  }
}

describe('the admission of live posts', () => {
  it('takes 500 posts of an author at once, then ten a second', () => {
    for (const known of [[], ['ada']]) {
      const { send, wait } = scene({ known })
      expect(send(2_000, { author: 'ada' })).toBe(500)
      let more = 0
      for (let second = 0; second < 20; second++) {
        wait(1_000)
        more += send(100, { author: 'ada' })
      }
      expect(more).toBeGreaterThan(190)
      expect(more).toBeLessThan(210)
    }
  })

  it('takes 2 MB of a known author at once, and 1.5 MB of strangers, whoever they are', () => {
    const { send } = scene({ known: ['ada'] })
    expect(send(1_000, { author: 'ada', bytes: 15_000 })).toBe(133)
    const strangers = Array.from({ length: 40 }, (_, at) => send(100, { author: `stranger ${String(at)}`, bytes: 15_000 }) * 15_000).reduce((a, b) => a + b)
    expect(strangers).toBeGreaterThan(1_400_000)
    expect(strangers).toBeLessThan(2_800_000)
    // Ada's own allowance is not theirs.
    expect(send(1, { author: 'grace', bytes: 100 })).toBe(1)
  })

  it('never keeps somebody waiting who types, beside 20 neighbors that flood', () => {
    const { send, wait } = scene()
    for (let second = 0; second < 60; second++) {
      for (let at = 0; at < 20; at++) send(100, { author: `flood ${String(at)}` })
      if (second % 2 === 0) expect(send(1, { author: 'newcomer' }), `after ${String(second)} s`).toBe(1)
      wait(1_000)
    }
  })

  it('never keeps a newcomer waiting who comes directly, however many names another neighbor makes up', () => {
    const { send, wait } = scene()
    for (let second = 0; second < 60; second++) {
      for (let at = 0; at < 500; at++) send(1, { author: `name ${String(second)} ${String(at)}`, neighbor: 'mallory' })
      if (second % 2 === 0) expect(send(1, { author: 'newcomer' }), `after ${String(second)} s`).toBe(1)
      wait(1_000)
    }
  })

  it('never counts posts against who forwards them', () => {
    const { send, setAside, wait } = scene()
    for (let second = 0; second < 60; second++) {
      for (let at = 0; at < 20; at++) send(500, { author: `flood ${String(at)}`, neighbor: 'hub' })
      wait(1_000)
    }
    expect(setAside).toEqual([])
  })

  it('sets a neighbor aside that goes on far beyond its own allowance, and nobody who sends what they wrote offline', () => {
    const { send, setAside } = scene()
    send(2_000, { author: 'ada' })
    expect(setAside).toEqual([])
    send(7_000, { author: 'mallory' })
    expect(setAside).toEqual(['mallory'])
  })

  it('sets a neighbor aside for forged messages, which use up nobody else\'s allowance', () => {
    const { admission, send, setAside } = scene({ known: ['ada'] })
    for (let at = 0; at < 99; at++) {
      expect(admission.mayPass({ neighbor: 'mallory', author: 'ada', topic: 't', bytes: 400 })).toBe(true)
      admission.forged('mallory')
    }
    expect(setAside).toEqual([])
    for (let at = 0; at < 5; at++) admission.forged('mallory')
    expect(setAside).toEqual(['mallory'])
    expect(send(500, { author: 'ada' })).toBe(500)
    // Those in the name of a newcomer count for the neighbor that made them.
    const other = scene()
    for (let at = 0; at < 5_000; at++) other.admission.mayPass({ neighbor: 'mallory', author: 'grace', topic: 't', bytes: 400 })
    expect(other.send(50, { author: 'grace' })).toBe(50)
  })

  it('counts an author in each topic', () => {
    const { send } = scene({ known: ['ada'] })
    expect(send(600, { author: 'ada', topic: 'a' })).toBe(500)
    expect(send(600, { author: 'ada', topic: 'b' })).toBe(500)
  })

  it('has room for what newcomers wrote offline: 2,000 posts of common length at once', () => {
    const { admission, wait } = scene()
    const take = (bytes: number): boolean => admission.takeForNewcomer({ neighbor: 'ada', author: 'ada', topic: 't', bytes })
    expect(admission.bytesForNewcomers('t', 'ada')).toBe(1_500_000)
    for (let at = 0; at < 2_000; at++) expect(take(500)).toBe(true)
    let bytes = 0
    while (take(15_000)) bytes += 15_000
    expect(bytes).toBeLessThan(2_000_000)
    wait(50_000)
    expect(admission.bytesForNewcomers('t', 'ada')).toBeGreaterThan(400_000)
  })

  it('takes more where a benchmark says so', () => {
    expect(scene({ quota: raisedQuota(10) }).send(10_000, { author: 'ada' })).toBe(5_000)
  })
})
