import { expect } from 'vitest'
import type { CheckFinding, CheckStep, CheckStepId } from '../../../preload/contract/index.ts'
import type { Desktop, RelayHandle, Scene } from './scene.ts'

/** Milliseconds that a check may take, with some for a machine that others load. */
const WHOLE = 22_000

interface Checked { readonly steps: readonly CheckStep[], readonly cause?: CheckStepId, readonly took: number }

/** Has a desktop look for what keeps it from connecting, to everybody or to one person. */
export async function check (desktop: Desktop, person?: string): Promise<Checked & { readonly of: (id: CheckStepId) => CheckFinding }> {
  const checked = await desktop.agent.call<Checked>('check', person === undefined ? {} : { person })
  expect(checked.took).toBeLessThan(WHOLE)
  return {
    ...checked,
    of: (id) => {
      const found = checked.steps.find((step) => step.id === id)?.finding
      if (found === undefined) throw new Error(`no finding of ${id}`)
      return found
    }
  }
}

/** A desktop behind the first NAT that was told of these relays. */
export async function alone (scene: Scene, relays: readonly Pick<RelayHandle, 'address'>[], env: NodeJS.ProcessEnv = {}): Promise<Desktop> {
  const a = await scene.desktop('a', 'gossipsub', { env })
  await a.agent.call('relays', relays.map(({ address }) => address))
  return a
}
