import type { Api, ProtocolSample, Push, Result, Simulation } from '../../../preload/contract/index.ts'

type ProtocolCalls = Pick<Api, 'watchProtocols' | 'unwatchProtocols' | 'startSimulation' | 'stopSimulation' | 'saveSimulation' | 'savePicture'>

/** What the stand-in says of protocols. */
export interface ProtocolScript {
  /** What each protocol cost of late. */
  readonly samples?: readonly ProtocolSample[]
}

declare global {
  interface Window { standInProtocols: (push: (...pushes: readonly Push[]) => void, samples: readonly ProtocolSample[]) => ProtocolCalls }
}

/** The calls about protocols, of which a test pushes what comes of them. It runs in the page, alone. */
export function standInProtocols (): void {
  window.standInProtocols = (push, samples) => {
    const done: Result<null> = { ok: true, value: null }
    let last: Simulation | undefined
    const tell = (value: Simulation): Result<Simulation> => {
      last = value
      push({ event: 'simulation:change', value })
      return { ok: true, value }
    }
    return {
      watchProtocols: async () => ({ ok: true, value: samples }),
      unwatchProtocols: async () => done,
      startSimulation: async (request) => tell({ id: (last?.id ?? 0) + 1, request, state: 'running', startedAt: Date.now(), results: [] }),
      stopSimulation: async () => {
        if (last !== undefined) tell({ ...last, state: 'stopped', took: 1_000 })
        return done
      },
      saveSimulation: async () => ({ ok: true, value: { path: '/home/ada/Natter protocols four peers.csv' } }),
      savePicture: async () => ({ ok: true, value: { path: '/home/ada/Natter protocols four peers.png' } })
    }
  }
}
