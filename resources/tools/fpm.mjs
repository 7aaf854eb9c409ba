#!/usr/bin/env node
// electron-builder makes deb and rpm by `fpm`, which it fetches from GitHub. CUSTOM_FPM_PATH names this program
// instead: it takes fpm's options as electron-builder writes them, and asks dpkg-deb or rpmbuild.
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { makeDeb } from './package-deb.mjs'
import { makeRpm } from './package-rpm.mjs'
import { stage } from './package-stage.mjs'

/** @typedef {import('./package-stage.mjs').PackageRequest} PackageRequest */

const text = /** @type {const} */ ({ type: 'string' })
const list = /** @type {const} */ ({ type: 'string', multiple: true })

/** All that electron-builder passes; another option is an error, so that none is left out in silence. */
const options = /** @type {const} */ ({
  s: { ...text, short: 's' },
  t: { ...text, short: 't' },
  d: { ...list, short: 'd' },
  force: { type: 'boolean' },
  debug: { type: 'boolean' },
  log: text,
  name: text,
  architecture: text,
  version: text,
  package: text,
  maintainer: text,
  vendor: text,
  url: text,
  license: text,
  category: text,
  description: text,
  'after-install': text,
  'after-remove': text,
  'deb-priority': text,
  'deb-compression': text,
  'deb-recommends': list,
  'rpm-os': text,
  'rpm-summary': text,
  'rpm-compression': text
})

/** @param {readonly string[]} argv @returns {PackageRequest} */
function read(argv) {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
  /** @param {keyof typeof values} name @returns {string} */
  const must = (name) => {
    const value = values[name]
    if (typeof value !== 'string' || value === '') throw new Error(`--${name} is missing.`)
    return value
  }
  return {
    format: must('t'),
    name: must('name'),
    architecture: must('architecture'),
    version: must('version'),
    output: resolve(must('package')),
    maintainer: must('maintainer'),
    license: must('license'),
    section: values.category ?? 'misc',
    // For rpm the summary stands alone, for deb it is the first line.
    summary: values['rpm-summary'] ?? must('description').split('\n')[0] ?? '',
    afterInstall: must('after-install'),
    afterRemove: must('after-remove'),
    depends: values.d ?? [],
    recommends: values['deb-recommends'] ?? [],
    compression: values['deb-compression'] ?? values['rpm-compression'] ?? 'xz',
    sources: positionals.map((pair) => {
      const [from = '', to = ''] = pair.split('=')
      return { from, to }
    })
  }
}

try {
  const request = read(process.argv.slice(2))
  const work = mkdtempSync(join(dirname(request.output), '.packing-'))
  try {
    const tree = stage(request, join(work, 'root'))
    if (request.format === 'deb') makeDeb(request, tree, work)
    else if (request.format === 'rpm') makeRpm(request, tree, work)
    else throw new Error(`deb and rpm are made here, and not ${request.format}.`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
} catch (error) {
  console.error(`natter: no package was made: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
