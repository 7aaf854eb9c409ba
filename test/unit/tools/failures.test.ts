import { expect, it } from 'vitest'
import { describeFailures } from '../../../resources/tools/failures.mjs'

type Module = Parameters<typeof describeFailures>[0][number]
interface Failed { readonly fullName: string, readonly error: string }

const error = (text: string): { message: string, stack: string } => ({ message: text, stack: text })

/** A file of tests of which these failed. */
function file (relativeModuleId: string, { tests = [], itself = [] }: { tests?: readonly Failed[], itself?: readonly string[] } = {}): Module {
  return {
    relativeModuleId,
    errors: () => itself.map(error),
    children: { allTests: () => tests.map((test) => ({ fullName: test.fullName, result: () => ({ errors: [error(test.error)] }) })), allSuites: () => [] }
  }
}

it('are named with their file and the beginning of what they say, without the lines of others', () => {
  const said = describeFailures([file('a.test.ts', { tests: [{ fullName: 'is not', error: 'Error: 1\n at /node_modules/x.js\n at 2\n at 3\n at 4\n at 5\n at 6\n at 7' }] }), file('b.test.ts')], [])
  expect(said).toBe('  a.test.ts > is not\n    Error: 1\n     at 2\n     at 3\n     at 4\n     at 5\n     at 6\n')
})

it('can be a whole file, or an error beside the tests', () => {
  expect(describeFailures([file('a.test.ts', { itself: ['no such module'] })], [])).toBe('  a.test.ts\n    no such module\n')
  expect(describeFailures([file('a.test.ts')], [error('came late')])).toBe('  beside the tests\n    came late\n')
})

it('are none where all is well', () => {
  expect(describeFailures([file('a.test.ts')], [])).toBe('')
})
