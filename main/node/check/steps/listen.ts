import { finding } from '../finding.ts'
import type { Step } from '../types.ts'

/** Whether anybody could connect to us at all. */
export const listenStep: Step = {
  id: 'listen',
  title: 'Can this computer listen?',
  run: async ({ context: { port, offline } }) => Promise.resolve(
    offline !== undefined
      ? finding('bad', offline, 'Start Natter without safe mode.')
      : port() === 0
        ? finding('bad', 'Natter listens on no port, so that nobody can connect to this computer.', 'In Settings, under Network, let the system choose the port, then start Natter again.')
        : finding('good', `Natter listens on TCP port ${String(port())}.`)
  )
}
