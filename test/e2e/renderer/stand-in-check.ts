import type { Api, Check, Push, Result } from '../../../preload/contract/index.ts'

type CheckCalls = Pick<Api, 'startCheck' | 'stopCheck' | 'copyCheckReport'>

declare global {
  interface Window { standInCheck: (push: (...pushes: readonly Push[]) => void) => CheckCalls }
}

/** The calls about checks, of which a test pushes the findings. It runs in the page, alone. */
export function standInCheck (): void {
  window.standInCheck = (push) => {
    const done: Result<null> = { ok: true, value: null }
    let last: Check | undefined
    const tell = (value: Check): Result<Check> => {
      last = value
      push({ event: 'check:change', value })
      return { ok: true, value }
    }
    return {
      startCheck: async ({ person }) => tell({ id: (last?.id ?? 0) + 1, state: 'running', startedAt: Date.now(), steps: [], ...(person === null ? {} : { person }) }),
      stopCheck: async () => {
        if (last?.state === 'running') tell({ ...last, state: 'stopped', took: 1_000 })
        return done
      },
      copyCheckReport: async () => done
    }
  }
}
