// Who may import whom, as ARCHITECTURE.md has it, in the form that eslint reads.
// .dependency-cruiser.cjs holds the same rules by resolved path: it sees dynamic imports and cycles,
// which eslint does not; eslint sees names and `import type` in .svelte files, which it does not.
import { builtinModules } from 'node:module'

/**
 * @typedef {object} Restriction
 * @property {string} regex what the import's text must not match
 * @property {string} message begins with the rule's name, by which the fixtures know it
 * @property {boolean} [allowTypeImports]
 */

/** @param {string} rule @param {string} regex @param {string} message @returns {Restriction} */
function forbid(rule, regex, message) {
  return { regex, message: `[${rule}] ${message}` }
}

const electron = '^electron($|/)'
const networking = '^(libp2p($|/)|@libp2p/|@chainsafe/libp2p-|@multiformats/)'
const builtins = `^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})($|/))`
/** @param {string} folders alternatives, seen from anywhere below the checkout's root */
const folder = (folders) => `^(\\.\\.?/)+(.*/)?(${folders})/`

const noTest = forbid('product-without-tests', folder('test'), 'Product code never imports tests.')
const noElectron = forbid('electron-in-desktop-only', electron, 'Only main/desktop imports electron.')
const noDesktop = forbid('electron-in-desktop-only', folder('desktop'), 'This part runs without Electron, so it cannot import main/desktop.')
const contractAsTypes = {
  ...forbid('contract-as-types', folder('preload/contract'), 'The main process takes the contract as types here.'),
  allowTypeImports: true
}

/** Files, and what they may not import. @type {readonly { files: string[], ignores?: string[], patterns: Restriction[] }[]} */
const folders = [
  { files: ['preload/contract/**'], patterns: [forbid('contract-alone', '^(?!\\./|valibot$)', 'The contract imports itself and valibot.')] },
  { files: ['text/**'], patterns: [forbid('text-alone', '^(?!\\./|unhomoglyph/)', 'Text imports itself and the table of look-alikes.')] },
  {
    files: ['words/**'],
    patterns: [
      { ...forbid('words-alone', '^(?!\\.\\.?/(text/|preload/contract/|[^/]+$))', 'Words import themselves, text and the contract.') },
      { ...forbid('words-alone', folder('preload/contract'), 'Words take the contract as types.'), allowTypeImports: true }
    ]
  },
  { files: ['preload/*.ts'], patterns: [noTest] },
  {
    files: ['renderer/**'],
    patterns: [
      forbid('renderer-in-page', electron, 'The renderer reaches Electron through window.api only.'),
      forbid('renderer-in-page', builtins, 'There is no Node in the renderer.'),
      forbid('renderer-in-page', networking, 'The network is the main process\'s.'),
      forbid('renderer-in-page', folder('main'), 'The renderer knows the main process by preload/contract only.'),
      forbid('renderer-in-page', '^(\\.\\.?/)+preload/(?!contract/)', 'The renderer knows the preload script by window.api only.'),
      noTest
    ]
  },
  { files: ['main/*.ts'], patterns: [noElectron, noTest] },
  { files: ['main/{chat,settings,relay}/**'], patterns: [noElectron, noDesktop, contractAsTypes, noTest] },
  {
    files: ['main/node/**'],
    patterns: [
      noElectron,
      noDesktop,
      contractAsTypes,
      forbid('node-carries-bytes', folder('chat|store'), 'The node knows no posts and no store.'),
      noTest
    ]
  },
  {
    files: ['main/store/**'],
    patterns: [
      noElectron,
      noDesktop,
      contractAsTypes,
      forbid('store-alone', folder('node|chat'), 'The store knows neither node nor chat.'),
      noTest
    ]
  },
  { files: ['main/desktop/**'], patterns: [noTest] }
]

/** Only one file may take calls from the page: the one that checks who is calling. */
const ipcMain = { name: 'electron', importNames: ['ipcMain', 'default'], message: '[ipc-main-in-one-file] Only main/desktop/ipc.ts touches ipcMain.' }

/** Configuration objects for eslint. */
export const importRules = folders.flatMap(({ files, patterns }) => [
  { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [ipcMain], patterns }] } }
])

/** @type {{ files: string[], rules: Record<string, unknown> }} */
const ipcFile = {
  files: ['main/desktop/ipc.ts'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noTest] }] }
}
importRules.push(/** @type {typeof importRules[number]} */ (ipcFile))
