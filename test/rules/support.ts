import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { ESLint } from 'eslint'
import { bin, root } from '../../resources/tools/paths.mjs'

/** What a tool found wrong with one file. */
export interface Finding {
  readonly file: string
  /** eslint's or dependency-cruiser's name of the rule. */
  readonly rule: string
  readonly message: string
}

export const fixtures = join(root, 'test/rules/fixtures')

/** The project's eslint, with `folder` in the checkout's place. */
export function eslintAt(folder: string): ESLint {
  return new ESLint({ cwd: folder, overrideConfigFile: join(root, 'eslint.config.js'), overrideConfig: { linterOptions: { reportUnusedDisableDirectives: 'off' } } })
}

/** Runs eslint as the project has it over all of `folder`. */
export async function lint(folder: string): Promise<Finding[]> {
  const results = await eslintAt(folder).lintFiles(['.'])
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => ({ file: relative(folder, filePath), rule: ruleId ?? 'none', message }))
  )
}

interface CruiseResult {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[]
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[]
  }
}

/** Runs dependency-cruiser as the project has it over the named parts of `folder`. */
export function cruise(folder: string, parts: readonly string[]): CruiseResult {
  const args = [join(bin, 'depcruise'), '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...parts]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (stdout === '') throw new Error(`dependency-cruiser said nothing but: ${stderr}`)
  return JSON.parse(stdout) as CruiseResult
}
