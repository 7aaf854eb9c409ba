import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { expect, it } from 'vitest'
import { eslintAt, fixtures, lint } from './support.ts'

// Each fixture is named after the rule that it breaks.
const folder = join(fixtures, 'code-style')
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

it('finds exactly the rule that each fixture breaks', async () => {
  const found = (await lint(folder)).map(({ file, rule }) => `${basename(file)} ${rule.split('/').at(-1) ?? ''}`)
  expect(found.sort()).toEqual(files.map(({ name }) => `${name} ${basename(name, extname(name))}`).sort())
})

it.each([
  [300, []],
  [301, ['max-lines']]
])('judges a file of %i lines', async (count, expected) => {
  const text = Array.from({ length: count }, (_, line) => `export const line${String(line)} = ${String(line)}`).join('\n')
  const [result] = await eslintAt(folder).lintText(text, { filePath: join(folder, 'main/chat/no-explicit-any.ts') })
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(expected)
})
