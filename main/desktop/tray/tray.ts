import { Menu, nativeImage, Tray } from 'electron'
import { isDeepStrictEqual } from 'node:util'
import { trayIcons } from './icons.ts'
import { trayMenu, type TrayActions } from './menu.ts'
import type { TrayView } from './view.ts'

/** Milliseconds between two drawings: each sends the whole menu over the bus. */
const GAP = 1_000

/** Our icon in the system's tray. */
export interface TrayService {
  /** What is to be seen from now on; drawn at most once a second, and only where it differs. */
  readonly draw: (view: TrayView) => void
  readonly close: () => void
}

/** Puts the icon into the tray at the first drawing. */
export function createTray (actions: TrayActions): TrayService {
  let tray: Tray | undefined
  let drawn: TrayView | undefined
  let wanted: TrayView | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function drawNow (): void {
    timer = undefined
    if (wanted === undefined || isDeepStrictEqual(wanted, drawn)) return
    const view = drawn = wanted
    const image = imageOf(view)
    if (tray === undefined) {
      tray = new Tray(image)
      tray.on('click', actions.open)
    } else tray.setImage(image)
    tray.setToolTip(view.tooltip)
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(view, actions)))
    timer = setTimeout(drawNow, GAP)
  }

  return {
    draw: (view) => {
      if (isClosed) return
      wanted = view
      timer ??= setTimeout(drawNow, 0)
    },
    close: () => {
      clearTimeout(timer)
      wanted = undefined
      isClosed = true
      tray?.destroy()
      tray = undefined
    }
  }
}

function imageOf ({ icon, unread }: TrayView): Electron.NativeImage {
  const isTemplate = process.platform === 'darwin'
  const drawing = trayIcons[`${icon}${unread ? '-unread' : ''}${isTemplate ? '-template' : ''}`]
  const image = nativeImage.createEmpty()
  for (const [scaleFactor, dataURL] of drawing ?? []) image.addRepresentation({ scaleFactor, dataURL })
  // macOS draws it in the menu bar's own colour, light or dark.
  if (isTemplate) image.setTemplateImage(true)
  return image
}
