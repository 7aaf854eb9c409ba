import type { Answer, Result, Simulation, SimulationRequest } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** The network inside this computer. */
class Simulating {
  value = $state.raw<Simulation | undefined>(undefined)

  apply (value: Simulation): void {
    this.value = value
  }

  async start (request: SimulationRequest): Promise<Result<Simulation>> {
    const result = await call('startSimulation', request)
    // Pushes of the same one may have come before: they know more.
    if (result.ok && result.value.id !== this.value?.id) this.value = result.value
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
