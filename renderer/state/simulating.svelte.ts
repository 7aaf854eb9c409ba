import type { Answer, Result, Simulation, SimulationRequest } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { steadyTime } from './clock.svelte.ts'

/** The network inside this computer. */
class Simulating {
  value = $state.raw<Simulation | undefined>(undefined)
  /** When it began, by `performance.now`. */
  since = 0

  apply (value: Simulation): void {
    if (value.id !== this.value?.id) this.since = steadyTime(value.startedAt)
    this.value = value
  }

  async start (request: SimulationRequest): Promise<Result<Simulation>> {
    const result = await call('startSimulation', request)
    // Pushes of the same one may have come before: they know more.
    if (result.ok && result.value.id !== this.value?.id) this.apply(result.value)
    return result
  }

  stop (): Promise<Result<null>> {
    return call('stopSimulation', {})
  }

  saveFigures (id: number): Promise<Result<Answer<'saveSimulation'>>> {
    return call('saveSimulation', { id })
  }

  savePicture (id: number, png: Uint8Array<ArrayBuffer>): Promise<Result<Answer<'savePicture'>>> {
    return call('savePicture', { id, png })
  }
}

export const simulating = new Simulating()
