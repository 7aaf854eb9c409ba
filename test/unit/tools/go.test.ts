import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { findGo } from '../../../resources/tools/go.mjs'

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
