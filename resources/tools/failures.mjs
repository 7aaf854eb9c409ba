// A reporter for vitest that writes what failed into the file that NATTER_FAILURES names, in a few lines each: `npm test`
// prints them once more at its end, where they are looked for.
import { writeFileSync } from 'node:fs'
import process from 'node:process'

/**
 * What is read of vitest's own shapes.
 *
 * @typedef {{ stack?: string | undefined, message: string }} Failure
 * @typedef {{ fullName: string, result: () => { errors?: readonly Failure[] | undefined } }} Test
 * @typedef {{ relativeModuleId: string, errors: () => readonly Failure[], children: { allTests: (state: 'failed') => Iterable<Test>, allSuites: () => Iterable<{ fullName: string, errors: () => readonly Failure[] }> } }} Module
 */

/** Lines of an error that are repeated. */
const LINES = 6

/** @param {Failure} error */
function beginning({ stack, message }) {
  const lines = (stack ?? message).split('\n').filter((line) => !line.includes('/node_modules/'))
  return lines.slice(0, LINES).map((line) => `    ${line.trimEnd()}\n`).join('')
}

/** @param {string} where @param {readonly Failure[]} errors */
function entry(where, errors) {
  return errors.length === 0 ? '' : `  ${where}\n${errors.map(beginning).join('')}`
}

/**
 * Each test, group and file that failed, with the beginning of its errors, and each error that no test caught.
 *
 * @param {readonly Module[]} modules @param {readonly Failure[]} errors
 * @returns {string} nothing where all is well
 */
export function describeFailures(modules, errors) {
  return modules.flatMap((module) => [
    entry(module.relativeModuleId, module.errors()),
    ...Array.from(module.children.allSuites(), (suite) => entry(`${module.relativeModuleId} > ${suite.fullName}`, suite.errors())),
    ...Array.from(module.children.allTests('failed'), (test) => entry(`${module.relativeModuleId} > ${test.fullName}`, test.result().errors ?? []))
  ]).join('') + entry('beside the tests', errors)
}

export default class FailureReporter {
  /** @param {readonly Module[]} modules @param {readonly Failure[]} errors */
  onTestRunEnd(modules, errors) {
    const file = process.env['NATTER_FAILURES']
    if (file !== undefined) writeFileSync(file, describeFailures(modules, errors))
  }
}
