import { describe, expect, it } from 'vitest'
import type { Check } from '../../../preload/contract/index.ts'
import { createChecks } from '../../../main/desktop/checks.ts'
import type { CheckResult } from '../../../main/node/types.ts'
import { FakeNode } from '../support/fake-node.ts'

function bench (): { readonly checks: ReturnType<typeof createChecks>, readonly heard: Check[], readonly node: FakeNode, readonly finish: (result: CheckResult) => void, readonly tick: (ms: number) => void } {
  const heard: Check[] = []
  let time = 1_000
  const node = new FakeNode('12D3me')
  const { promise, resolve } = Promise.withResolvers<CheckResult>()
  node.checked = async () => promise
  const checks = createChecks({ pushes: { push: (_event, value) => { heard.push(value as Check) } }, now: () => time, elapsed: () => time })
  return { checks, heard, node, finish: resolve, tick: (ms) => { time += ms } }
}

const steps = [{ id: 'listen', title: 'Can this computer listen?' }] as const

describe('a check', () => {
  it('is pushed as it begins, with each finding, and at its end', async () => {
    const { checks, heard, node, finish, tick } = bench()
    expect(checks.start(node, '12D3other')).toMatchObject({ id: 1, state: 'running', startedAt: 1_000, person: '12D3other', steps: [] })
    node.questions[0]?.onChange?.({ steps })
    tick(500)
    finish({ steps, cause: 'listen' })
    await expect.poll(() => heard.at(-1)?.state).toBe('done')
    expect(heard.map(({ state, steps: all }) => [state, all.length])).toEqual([['running', 0], ['running', 1], ['done', 1]])
    expect(checks.last()).toEqual({ id: 1, state: 'done', startedAt: 1_000, took: 500, person: '12D3other', steps, cause: 'listen' })
  })

  it('ends at once when it is stopped, and says no more', async () => {
    const { checks, heard, node, finish } = bench()
    checks.start(node, undefined)
    node.questions[0]?.onChange?.({ steps })
    checks.stop()
    expect(node.questions[0]?.signal.aborted).toBe(true)
    expect(heard.at(-1)).toMatchObject({ state: 'stopped', steps })
    finish({ steps, cause: 'listen' })
    node.questions[0]?.onChange?.({ steps: [] })
    await new Promise((resolve) => { setImmediate(resolve) })
    expect(heard.at(-1)).toMatchObject({ state: 'stopped', steps })
    checks.stop()
    expect(heard).toHaveLength(3)
  })

  it('ends the one before it', () => {
    const { checks, heard, node } = bench()
    checks.start(node, undefined)
    checks.start(node, undefined)
    expect(node.questions.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(heard.map(({ id, state }) => [id, state])).toEqual([[1, 'running'], [1, 'stopped'], [2, 'running']])
  })
})
