import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const seconds = 1000

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>

/** @param limit the longest that one test may take, in seconds */
function suite(name: string, limit: number, more: TestOptions = {}): TestProjectInlineConfiguration {
  return {
    // State classes are .svelte.ts modules: the plugin compiles their runes.
    plugins: [svelte()],
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node',
      pool: 'forks',
      testTimeout: limit * seconds,
      hookTimeout: limit * seconds,
      // What is waited for comes late where the machine is busy: one second, vitest's own, is luck.
      expect: { poll: { timeout: Math.min(20, 0.8 * limit) * seconds } },
      // A test that fails now and then has found something.
      retry: 0,
      ...more
    }
  }
}

/** Windows and addresses are the machine's: one file after the other. Two of `nat` have namespaces of their own, and mostly wait. */
const alone = { fileParallelism: false }

export default defineConfig({
  test: {
    // Absent folders are judged by resources/tools/test.mjs; a suite that is there and empty fails.
    passWithNoTests: false,
    teardownTimeout: 20 * seconds,
    projects: [
      suite('unit', 10, { maxWorkers: 2 }),
      suite('contract', 10),
      suite('net', 60, { maxWorkers: 2, exclude: ['test/net/soak/**'] }),
      suite('soak', 300, { ...alone, include: ['test/net/soak/**/*.test.ts'] }),
      suite('relay', 120, alone),
      suite('interop', 60, { ...alone, globalSetup: ['test/interop/support/setup.ts'] }),
      suite('hostile', 180, { ...alone, globalSetup: ['test/e2e/support/setup.ts'] }),
      suite('fuzz', 60, { maxWorkers: 2 }),
      suite('rules', 60, alone),
      suite('e2e', 120, { ...alone, globalSetup: ['test/e2e/support/setup.ts'] }),
      suite('nat', 180, { maxWorkers: 2, globalSetup: ['test/e2e/support/setup.ts'] }),
      suite('system', 120, { ...alone, globalSetup: ['test/e2e/support/setup.ts'] }),
      suite('package', 300, { ...alone, exclude: ['test/package/relay/**'], globalSetup: ['test/package/support/setup.ts'] }),
      suite('package-relay', 300, { ...alone, include: ['test/package/relay/**/*.test.ts'], globalSetup: ['test/package/relay/support/setup.ts'] })
    ]
  }
})
