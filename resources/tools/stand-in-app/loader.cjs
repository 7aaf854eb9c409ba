// Does what Electron's default app does with `electron [switches] [-r MODULE] FOLDER [arguments]`.
const { app } = require('electron')
const { readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const line = process.argv.slice(1)
const preloads = line.filter((_, index) => line[index - 1] === '-r')
const named = line.find((argument) => !argument.startsWith('-') && !preloads.includes(argument))
if (named === undefined) {
  console.error('natter: the stand-in runtime needs the folder of an app on its command line.')
  process.exit(2)
}

const folder = resolve(named)
/** @type {{ name: string, productName?: string, version: string, main?: string, desktopName?: string }} */
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

// What the default app sets too; Electron's types leave these methods out.
Object.assign(process, { defaultApp: true })
const own = /** @type {typeof app & { setVersion(version: string): void, setAppPath(path: string): void }} */ (app)
own.setName(manifest.productName ?? manifest.name)
own.setVersion(manifest.version)
own.setAppPath(folder)
if (manifest.desktopName !== undefined) own.setDesktopName(manifest.desktopName)

require('./old-sqlite.cjs').useOldSqlite(join(folder, 'package.json'))
for (const module of preloads) require(resolve(module))
const main = join(folder, manifest.main ?? 'index.js')
if (main.endsWith('.cjs')) require(main)
else void import(pathToFileURL(main).href)
