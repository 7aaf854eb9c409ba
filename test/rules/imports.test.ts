import { existsSync, globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { cruise, fixtures, lint } from './support.ts'

// Each folder of fixtures is named after the rule that its bad-* files break; its other files are sound.
const folders = readdirSync(fixtures).filter((name) => name !== 'code-style' && !name.includes('.'))

/** What only one of the tools can see. */
const blindOfEslint = ['no-cycles', 'resolvable', 'bad-later.ts']
const blindOfCruiser = ['ipc-main-in-one-file', 'BadTypes.svelte']

function badFiles(folder: string, blind: readonly string[]): string[] {
  return globSync('**/[bB]ad*', { cwd: join(fixtures, folder) })
    .filter((file) => !blind.some((part) => folder === part || file.endsWith(part)))
    .sort()
}

const sorted = (files: readonly string[]): string[] => [...new Set(files)].sort()

describe.each(folders)('%s', (rule) => {
  it.skipIf(blindOfEslint.includes(rule))('is enforced by eslint', async () => {
    const imports = (await lint(join(fixtures, rule))).filter((finding) => finding.rule.endsWith('no-restricted-imports'))
    expect(imports.filter(({ message }) => !message.includes(`[${rule}]`))).toEqual([])
    expect(sorted(imports.map(({ file }) => file))).toEqual(badFiles(rule, blindOfEslint))
  })

  it.skipIf(blindOfCruiser.includes(rule))('is enforced by dependency-cruiser', () => {
    const folder = join(fixtures, rule)
    const parts = ['main', 'preload', 'renderer', 'text', 'words', 'test'].filter((part) => existsSync(join(folder, part)))
    const { violations } = cruise(folder, parts).summary
    expect(violations.filter((violation) => violation.rule.name !== rule)).toEqual([])
    expect(sorted(violations.map(({ from }) => from))).toEqual(badFiles(rule, blindOfCruiser))
  })
})

describe('dependency-cruiser', () => {
  // With a TypeScript that it does not know it reads nothing and reports no violations.
  it('reads every source file of the product', () => {
    const parts = ['main', 'preload', 'renderer', 'text', 'words']
    const { modules } = cruise(root, parts)
    const read = new Set(modules.map(({ source }) => source))
    const files = globSync(parts.map((part) => `${part}/**/*.{ts,svelte}`), { cwd: root })
    expect(files.length).toBeGreaterThan(20)
    expect(files.filter((file) => !read.has(file))).toEqual([])
    const entry = modules.find(({ source }) => source === 'main/index.ts')
    expect(entry?.dependencies.length).toBeGreaterThan(1)
  })

  it('has a fixture for every rule', () => {
    const source = cruise(root, ['preload/contract']) as unknown as { summary: { ruleSetUsed: { forbidden: { name: string }[] } } }
    expect(sorted(source.summary.ruleSetUsed.forbidden.map(({ name }) => name))).toEqual(
      sorted(folders.filter((folder) => !blindOfCruiser.includes(folder)))
    )
  })
})
