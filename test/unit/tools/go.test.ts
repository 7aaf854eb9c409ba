import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { findGo } from '../../../resources/tools/go.mjs'
import { root } from '../../../resources/tools/paths.mjs'

const folders: string[] = []
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }) })

/** A toolchain of another version than this machine's: only what it is asked about. */
function go (version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'natter-go-'))
  folders.push(folder)
  const program = join(folder, 'go')
  writeFileSync(program, `#!/bin/sh\necho ${version}\n`)
  chmodSync(program, 0o755)
  return program
}

// CONTRIBUTING.md, README.md and .ci/run name the least version, which go.mod decides.
it('the documents name the version that is asked for', () => {
  const least = /^go ([\d.]+)$/mu.exec(readFileSync(join(root, 'test/interop/go/go.mod'), 'utf8'))?.[1] ?? 'none'
  for (const file of ['CONTRIBUTING.md', 'README.md', '.ci/run']) expect(readFileSync(join(root, file), 'utf8').replace(/\s+/gu, ' '), file).toContain(`Go ${least} or newer`)
})

it.each(['go1.26.6', 'go1.26.7', 'go1.27rc1', 'go1.27', 'go2.0.1'])('%s is taken', (version) => {
  const program = go(version)
  expect(findGo([program])).toEqual({ kind: 'found', program })
})

// Debian 12 brings 1.19, Ubuntu 22.04 1.18.
it.each(['go1.18.1', 'go1.19.8', 'go1.26.5', 'go1.9'])('%s is too old, and the words say which is wanted', (version) => {
  const program = go(version)
  expect(findGo([program])).toEqual({ kind: 'missing', why: `it builds a peer with Go 1.26.6 or newer, of go.dev: ${program} is ${version.slice(2)}` })
})

it('the first one that is new enough is taken, and where there is none the words say so', () => {
  const [old, fit] = [go('go1.19.8'), go('go1.27.1')]
  expect(findGo([old, fit, go('go1.28.0')])).toEqual({ kind: 'found', program: fit })
  expect(findGo([join(tmpdir(), 'natter-no-go')])).toEqual({ kind: 'missing', why: 'it builds a peer with Go 1.26.6 or newer, of go.dev: there is none on the PATH or in /usr/local/go/bin' })
})
