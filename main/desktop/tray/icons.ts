/// <reference types="vite/client" />

/** The drawings that resources/tools/tray-icons.mjs made, in the bundle itself: `name@scale` under their paths. */
const files = import.meta.glob<string>('../../../resources/tray/*.png', { eager: true, query: '?inline', import: 'default' })

/** The tray's icons by name, each as pairs of a scale factor and a `data:` URL of a PNG. */
export const trayIcons: Readonly<Record<string, readonly (readonly [scale: number, url: string])[]>> = gather()

function gather (): Record<string, [number, string][]> {
  const icons: Record<string, [number, string][]> = {}
  for (const [path, url] of Object.entries(files)) {
    const [, name, scale] = /([^/]+)@(\d)x\.png$/u.exec(path) ?? []
    if (name !== undefined) (icons[name] ??= []).push([Number(scale), url])
  }
  return icons
}
