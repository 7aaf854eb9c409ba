import type { Simulation } from '../../../preload/contract/index.ts'
import { CallError } from '../errors.ts'
import { suggestName, type FileQuestion } from '../files/ask.ts'
import { isPng } from '../files/png.ts'
import { writeCsv } from '../files/simulation-csv.ts'
import { writeBytesWhole } from '../files/write-file.ts'
import { createSimulations } from '../protocols/simulations.ts'
import type { ApiDeps, Handlers } from './handlers.ts'

const CSV = { kind: 'Comma-separated values', extension: 'csv' } as const
const PNG = { kind: 'PNG picture', extension: 'png' } as const

/** Calls about the network inside this computer. */
export function simulationHandlers ({ session, pushes, askForFile, simulationPath, onLeave }: ApiDeps): Pick<Handlers, 'startSimulation' | 'stopSimulation' | 'saveSimulation' | 'savePicture'> {
  const simulations = createSimulations({ pushes, workerPath: simulationPath })
  session.signal.addEventListener('abort', simulations.stop)
  onLeave(simulations.stop)

  function finished (id: number): Simulation {
    const simulation = simulations.last()
    if (simulation?.id === id && simulation.state === 'done') return simulation
    throw new CallError('ERR_UNAVAILABLE', 'These figures are gone: run the comparison again, then save it.')
  }

  async function save ({ request: { graph } }: Simulation, kind: Omit<FileQuestion, 'title'>, bytes: Uint8Array): Promise<{ readonly path: string } | null> {
    const title = graph.kind === 'diamond' ? 'protocols four peers' : `protocols ${String(graph.nodes)} peers`
    const path = await askForFile.save({ title: 'Save the comparison', name: suggestName(title, Date.now(), kind.extension), ...kind })
    if (path === undefined) return null
    await writeBytesWhole(path, bytes)
    return { path }
  }

  return {
    startSimulation: (request) => {
      if (session.signal.aborted) throw new CallError('ERR_UNAVAILABLE', 'Natter is closing.')
      return simulations.start(request)
    },
    stopSimulation: () => {
      simulations.stop()
      return null
    },
    saveSimulation: async ({ id }) => {
      const simulation = finished(id)
      return save(simulation, CSV, new TextEncoder().encode(writeCsv(simulation)))
    },
    savePicture: async ({ id, png }) => {
      if (!isPng(png)) throw new CallError('ERR_BAD_ARGUMENT', 'The window drew no picture that can be saved. Close the comparison and run it again.')
      return save(finished(id), PNG, png)
    }
  }
}
