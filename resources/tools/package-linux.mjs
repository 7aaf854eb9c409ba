// Packs for Linux, in two steps: the folder and the archives of it, then the packages that can update themselves.
import { build, Platform } from 'electron-builder'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { root } from './paths.mjs'

/** @typedef {import('electron-builder').Configuration} Configuration */

/** They carry a file that says which they are, so that electron-updater knows how to install the next one. */
const updatable = ['deb', 'rpm', 'appimage']
/** Debian's 7-Zip, in place of one that electron-builder would fetch. */
const system7zip = '/usr/bin/7zz'

/**
 * electron-builder writes that file into the packed folder itself, and archives the folder at the very end:
 * in one step the archives would say that they were a package. So packages are made of a copy.
 * @param {{ config: Configuration, output: string, targets: readonly string[] }} work
 */
export async function packLinux({ config, output, targets }) {
  process.env['CUSTOM_FPM_PATH'] = join(root, 'resources/tools/fpm.mjs')
  if (existsSync(system7zip)) process.env['ELECTRON_BUILDER_7ZIP_PATH'] ??= system7zip

  const archives = targets.filter((target) => !updatable.includes(target) && target !== 'dir')
  await build({ projectDir: root, config, publish: 'never', targets: Platform.LINUX.createTarget(archives.length > 0 ? archives : ['dir']) })
  const packages = targets.filter((target) => updatable.includes(target))
  if (packages.length === 0) return

  const packed = join(output, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')
  const copies = mkdtempSync(join(output, '.packages-'))
  try {
    // Hard links: what is written into the copy is new there.
    const prepackaged = join(copies, basename(packed))
    execFileSync('cp', ['-al', packed, prepackaged])
    await build({ projectDir: root, config, publish: 'never', prepackaged, targets: Platform.LINUX.createTarget(packages) })
  } finally {
    rmSync(copies, { recursive: true, force: true })
  }
}
