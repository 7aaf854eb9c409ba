import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about how Natter stands on this computer. */
export function desktopHandlers ({ desktop, attention, errands }: ApiDeps): Pick<Handlers, 'errandDone' | 'lookAtTopic' | 'setStartAtLogin' | 'openFolder' | 'deleteCrashes' | 'restartApp' | 'showPostMenu'> {
  return {
    errandDone: ({ id }) => {
      errands.done(id)
      return null
    },
    lookAtTopic: ({ topic }) => {
      attention.lookAt(topic)
      return null
    },
    setStartAtLogin: async ({ on }) => {
      await desktop.setStartAtLogin(on)
      return null
    },
    openFolder: async ({ folder }) => {
      await desktop.openFolder(folder)
      return null
    },
    deleteCrashes: async () => {
      await desktop.deleteCrashes()
      return null
    },
    showPostMenu: async (asked) => desktop.showPostMenu(asked),
    restartApp: ({ safeMode }) => {
      desktop.restart(safeMode)
      return null
    }
  }
}
