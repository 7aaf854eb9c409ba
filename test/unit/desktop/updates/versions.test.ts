import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareVersions } from '../../../../main/desktop/updates/versions.ts'

/** The order that semver.org gives, and a few that a comparison of text gets wrong. */
const ASCENDING = ['0.9.10', '1.0.0-0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.9', '1.0.10', '1.10.0', '2.0.0']

it('stands by the order of semver', () => {
  fc.assert(fc.property(fc.nat(ASCENDING.length - 1), fc.nat(ASCENDING.length - 1), (a, b) => {
    expect(Math.sign(compareVersions(ASCENDING[a] ?? '', ASCENDING[b] ?? ''))).toBe(Math.sign(a - b))
  }))
})

it.each(['', '1.0', 'v1.0.0', '01.0.0', '1.0.0+build', '1.0.0-', '99999999999.0.0'])('takes %j for no version', (text) => {
  expect(() => compareVersions(text, '1.0.0')).toThrow(RangeError)
})
