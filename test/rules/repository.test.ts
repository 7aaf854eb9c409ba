import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readJson, root } from '../../resources/tools/paths.mjs'

/** Committed files, and new ones that are not ignored. */
const tracked = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .stdout.split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('the repository', () => {
  it('is read by these tests', () => {
    expect(tracked).toContain('package.json')
    expect(tracked.length).toBeGreaterThan(50)
  })

  it('has no source file over 300 lines', () => {
    const sources = tracked.filter((file) => /\.(ts|mjs|cjs|js|svelte|css|sh|proto)$/.test(file) && !file.endsWith('_pb.ts'))
    expect(sources.filter((file) => read(file).trimEnd().split('\n').length > 300)).toEqual([])
  })

  it('names no path of one machine and no registry host', () => {
    // Written with brackets, so that this file does not find itself.
    const traces = /\/w[o]rk\/|\/r[o]ot\/|\/t[m]p\/[a-z]+[0-9]*\/|registry\.[a-z]+js\.org|deb\.[a-z]+\.org|proxy\.go[a-z]+\.org/
    const texts = tracked.filter((file) => !/\.(png|ico|woff2|gz)$/.test(file))
    expect(texts.filter((file) => traces.test(read(file)))).toEqual([])
  })

  it('pins every direct dependency exactly', () => {
    const manifest = readJson(join(root, 'package.json')) as Record<string, Record<string, string> | undefined>
    const loose = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).filter(([, range]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
    )
    expect(loose).toEqual([])
  })

  it('locks versions and hashes, and leaves the place to fetch them from open', () => {
    const { packages } = readJson(join(root, 'package-lock.json')) as { packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }> }
    const entries = Object.entries(packages).filter(([path]) => path !== '')
    expect(entries.filter(([, entry]) => entry.resolved !== undefined || entry.integrity === undefined)).toEqual([])
  })
})
