import { createPackage } from '@electron/asar'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../../../resources/tools/paths.mjs'

/** An app that is measured. */
export interface App {
  readonly name: 'natter' | 'empty'
  /** Absolute path of its executable. */
  readonly binary: string
  /** In its page: a person can use it now. */
  readonly usable: string
}

/** Posts are in sight, and the composer takes keys. */
const NATTER_USABLE = `(() => {
  const field = document.querySelector('textarea')
  const list = document.querySelector('[role="list"][aria-label="Posts"]')
  if (!field || field.disabled || !list) return false
  const frame = list.getBoundingClientRect()
  return [...list.querySelectorAll('[role="listitem"]')].some((row) => {
    const { top, bottom, height } = row.getBoundingClientRect()
    return height > 0 && bottom > frame.top && top < frame.bottom && row.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && row.innerText.trim() !== ''
  })
})()`

/** Packs the test flavour as it is into a folder. */
export function packNatter (folder: string): App {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'resources/tools/package.mjs'), '--test', 'dir', '--output', folder], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`packing ended with ${String(status)}: ${stderr}`)
  const unpacked = readdirSync(folder).find((name) => name.endsWith('unpacked'))
  if (unpacked === undefined) throw new Error(`there is no unpacked app in ${folder}`)
  return natterIn(join(folder, unpacked))
}

/** An app that is packed already. */
export function natterIn (folder: string): App {
  const binary = ['natter-test', 'natter'].map((name) => join(folder, name)).find((path) => existsSync(path))
  if (binary === undefined) throw new Error(`there is no packed Natter in ${folder}`)
  return { name: 'natter', binary, usable: NATTER_USABLE }
}

/** The same runtime, packed alike, around a window without anything in it. */
export async function makeEmpty ({ binary }: App, folder: string): Promise<App> {
  linkTree(join(binary, '..'), folder)
  const source = `${folder}-source`
  mkdirSync(source)
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', main: 'main.cjs' }))
  writeFileSync(join(source, 'main.cjs'), `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => { new BrowserWindow({ width: 1100, height: 760, show: true }).loadFile(require('node:path').join(process.resourcesPath, 'index.html')) })
app.on('window-all-closed', () => { app.quit() })
`)
  for (const name of readdirSync(join(folder, 'resources'))) rmSync(join(folder, 'resources', name), { recursive: true })
  // Beside the archive: the fuses that Natter has let no file: page come out of one, and an error would be shown in its place.
  writeFileSync(join(folder, 'resources', 'index.html'), '<!doctype html><title>Empty</title>')
  await createPackage(source, join(folder, 'resources', 'app.asar'))
  return { name: 'empty', binary: join(folder, basename(binary)), usable: 'location.protocol === "file:" && document.readyState === "complete"' }
}

/** The folder again, without its bytes again; executables look beside themselves, so they are copied. */
function linkTree (from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (entry.isFile()) linkOrCopy(source, target)
    else cpSync(source, target, { verbatimSymlinks: true })
  }
}

function linkOrCopy (source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    cpSync(source, target)
  }
}
