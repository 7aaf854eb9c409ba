import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import { defineConfig, globalIgnores } from 'eslint/config'
import globals from 'globals'
import ts from 'typescript-eslint'
import { clockRules } from './resources/tools/clock-rules.mjs'
import { importRules } from './resources/tools/import-rules.mjs'
import svelteConfig from './svelte.config.js'

const noEvent = { name: 'event', message: 'Take the event as an argument.' }
const storages = ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore']
const written = 'Chromium writes it to the disk in plain text: see renderer/logic/page-memory.ts.'

/** Files this long hold more than one idea. test/rules counts the kinds of files that eslint does not read. */
const maxLines = 300

export default defineConfig(
  globalIgnores(['dist/', 'release/', 'artifacts/', 'node_modules/', 'test/rules/fixtures/', '**/*_pb.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] }
    },
    rules: {
      'max-lines': ['error', { max: maxLines }],
      eqeqeq: 'error',
      'no-console': 'off',
      'no-restricted-globals': ['error', noEvent],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A method of a fake often awaits nothing; the interface has it async.
      '@typescript-eslint/require-await': 'off'
    }
  },
  { files: ['main/**', 'preload/**', 'test/**', 'resources/**', '*.{js,cjs,ts}'], languageOptions: { globals: globals.node } },
  {
    files: ['renderer/**'],
    languageOptions: { globals: globals.browser },
    rules: {
      'no-restricted-globals': ['error', noEvent, ...storages.map((name) => ({ name, message: written }))],
      'no-restricted-properties': ['error', ...storages.map((property) => ({ property, message: written })), { object: 'document', property: 'cookie', message: written }]
    }
  },
  { files: ['text/**', 'words/**'], languageOptions: { globals: globals['shared-node-browser'] } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/no-target-blank': 'error',
      // The policy of main/desktop/csp.ts blocks what this would write into the page.
      'svelte/no-inline-styles': 'error',
      // Svelte's own compiler knows which of these a component reassigns.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived'] }]
    }
  },
  ...importRules,
  ...clockRules,
  {
    // Plain JavaScript: tsc checks its JSDoc; a Node API that answers `any` is no news there.
    files: ['**/*.{js,cjs}'],
    extends: [ts.configs.disableTypeChecked]
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  }
)
