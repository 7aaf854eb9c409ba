import { describe, expect, it } from 'vitest'
import { PackageOptionsError, readPackageOptions } from '../../../resources/tools/package-options.mjs'

describe('the options of packaging', () => {
  it('build on Linux what needs no GitHub', () => {
    expect(readPackageOptions([], 'linux')).toEqual({ isTest: false, targets: ['dir', 'tar.gz', 'deb', 'rpm'], output: undefined, metadata: {} })
  })

  it('take targets by the names that people know them by', () => {
    expect(readPackageOptions(['AppImage', 'deb'], 'linux').targets).toEqual(['appimage', 'deb'])
    expect(() => readPackageOptions(['dmg'], 'linux')).toThrow('there is no target dmg here; there are dir, tar.gz, deb, rpm, appimage.')
  })

  it('put what a test needs into the package.json of the package', () => {
    const { metadata } = readPackageOptions(['--test', '--app-version', '0.2.0', '--meta', 'natter.updateFeed="http://127.0.0.1:1/"', '--meta', 'natter.updateKeys=[]'], 'linux')
    expect(metadata).toEqual({ version: '0.2.0', natter: { updateFeed: 'http://127.0.0.1:1/', updateKeys: [] } })
  })

  it.each([['--app-version', '1.0.0'], ['--output', 'x'], ['--meta', 'a=1']])('keep %s from a release', (name, value) => {
    expect(() => readPackageOptions([name, value], 'linux')).toThrow(PackageOptionsError)
  })

  it.each([['a.=1'], ['=1'], ['a'], ['a=b'], ['.a=1']])('refuse --meta %s with words', (assignment) => {
    expect(() => readPackageOptions(['--test', '--meta', assignment], 'linux')).toThrow(PackageOptionsError)
  })

  it('refuse an option that is not there', () => {
    expect(() => readPackageOptions(['--tset'], 'linux')).toThrow(PackageOptionsError)
  })
})
