// Does what Electron's default app does with `electron [switches] FOLDER [arguments]`.
const { app } = require('electron')
const { readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
if (named === undefined) {
  console.error('natter: the stand-in runtime needs the folder of an app on its command line.')
  process.exit(2)
}

const folder = resolve(named)
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
process.defaultApp = true
app.setName(manifest.productName ?? manifest.name)
app.setVersion(manifest.version)
if (manifest.desktopName !== undefined) app.setDesktopName(manifest.desktopName)
app.setAppPath(folder)

const main = join(folder, manifest.main ?? 'index.js')
if (main.endsWith('.cjs')) require(main)
else import(pathToFileURL(main).href)
