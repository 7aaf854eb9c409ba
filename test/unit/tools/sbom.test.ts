import { afterEach, expect, it } from 'vitest'
import { debianPart, nodePart, npmParts, sbomOf, sqlitePart } from '../../../resources/tools/sbom.mjs'
import { allOf, judgeBill } from '../../support/sbom.ts'

const before = process.env['SOURCE_DATE_EPOCH']
afterEach(() => {
  if (before === undefined) delete process.env['SOURCE_DATE_EPOCH']
  else process.env['SOURCE_DATE_EPOCH'] = before
})

const subject = { name: 'natter', version: '0.1.0', license: 'MIT', description: 'A messenger' }
const write = (): string => sbomOf(subject, [
  ...npmParts(['node_modules/libp2p', 'node_modules/@chainsafe/libp2p-gossipsub', 'node_modules/libp2p']), sqlitePart('node_modules/better-sqlite3-multiple-ciphers'), nodePart(process.execPath),
  debianPart('libgcc-s1', '12.2.0-14+deb12u1', 'GPL-3.0-or-later WITH GCC-exception-3.1')
])

it('a bill of materials is as CycloneDX has it, with version, licence and place of each part', () => {
  const { bill, problems } = judgeBill(write())
  expect(problems).toEqual([])
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', metadata: { component: { name: 'natter', version: '0.1.0' } } })
  const all = allOf(bill.components)
  expect(all.filter(({ version, licenses, purl, name }) => version === '' || licenses.length !== 1 || (purl === undefined && name !== 'SQLite3MultipleCiphers'))).toEqual([])
  // An alias is called as what it is.
  expect(all.map(({ purl }) => purl)).toContain('pkg:npm/%40libp2p/gossipsub@17.1.1')
  expect(bill.components.filter(({ name }) => name === 'libp2p')).toHaveLength(1)
  expect(all.find(({ name }) => name === 'sqlite')?.version).toMatch(/^3\.\d+\.\d+$/)
  expect(all.find(({ name }) => name === 'node')?.version).toBe(process.versions.node)
  expect(all.find(({ name }) => name === 'openssl')?.version).toBe(process.versions.openssl)
  expect(bill.components.find(({ name }) => name === 'libp2p')?.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }])
})

it('is the same to the byte each time, and says when only where that is fixed', () => {
  delete process.env['SOURCE_DATE_EPOCH']
  expect(write()).toBe(write())
  expect(judgeBill(write()).bill.metadata.timestamp).toBeUndefined()
  process.env['SOURCE_DATE_EPOCH'] = '1764500000'
  expect(write()).toBe(write())
  expect(judgeBill(write()).bill.metadata.timestamp).toBe('2025-11-30T10:53:20.000Z')
})

it('what is broken is found by the schema', () => {
  expect(judgeBill(write().replace('"id": "MIT"', '"id": "no such licence"')).problems).not.toEqual([])
})
