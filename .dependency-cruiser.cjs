// Who may import whom, by resolved path. resources/tools/import-rules.mjs says the same to eslint,
// and test/rules proves every rule here with a fixture that breaks it.

const { join } = require('node:path')

const electron = '(^|/)node_modules/electron/|^electron(/|$)'
const networking = '(^|/)node_modules/(libp2p|@libp2p|@chainsafe/libp2p-[^/]+|@multiformats)/'
const withoutElectron = '^main/(node|chat|store|settings|relay)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contract-alone',
      comment: 'The contract imports itself and its validator.',
      severity: 'error',
      from: { path: '^preload/contract/' },
      to: { pathNot: ['^preload/contract/', '(^|/)node_modules/valibot/'] }
    },
    {
      name: 'text-alone',
      comment: 'What every process knows of text runs anywhere: it imports itself and the table of look-alikes.',
      severity: 'error',
      from: { path: '^text/' },
      to: { pathNot: ['^text/', '(^|/)node_modules/unhomoglyph/'] }
    },
    {
      name: 'words-alone',
      comment: 'Sentences that window and system both show run anywhere: they take the contract as types, and read text.',
      severity: 'error',
      from: { path: '^words/' },
      to: { pathNot: ['^(words|text)/', '^preload/contract/'] }
    },
    {
      name: 'words-alone',
      comment: 'Words know the contract by its types.',
      severity: 'error',
      from: { path: '^words/' },
      to: { path: '^preload/contract/', dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'renderer-in-page',
      comment: 'The renderer runs in a page: no Electron, no Node, no network, nothing of the main process.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: [electron, networking, '^main/', '^preload/(?!contract/)'] }
    },
    {
      name: 'renderer-in-page',
      comment: 'There is no Node in the renderer.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] }
    },
    {
      name: 'electron-in-desktop-only',
      comment: 'Only main/desktop imports electron; preload/index.ts holds the bridge.',
      severity: 'error',
      from: { path: '^(main|preload)/', pathNot: ['^main/desktop/', '^preload/index[.]ts$', '^preload/contract/'] },
      to: { path: electron }
    },
    {
      name: 'electron-in-desktop-only',
      comment: 'What runs without Electron cannot import main/desktop.',
      severity: 'error',
      from: { path: withoutElectron },
      to: { path: '^main/desktop/' }
    },
    {
      name: 'contract-as-types',
      comment: 'Node, chat, store, settings and relay take the contract as types.',
      severity: 'error',
      from: { path: withoutElectron },
      to: { path: '^preload/contract/', dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'node-carries-bytes',
      comment: 'The node knows no posts and no store.',
      severity: 'error',
      from: { path: '^main/node/' },
      to: { path: '^main/(chat|store)/' }
    },
    {
      name: 'store-alone',
      comment: 'The store knows neither node nor chat.',
      severity: 'error',
      from: { path: '^main/store/' },
      to: { path: '^main/(node|chat)/' }
    },
    {
      name: 'product-without-tests',
      comment: 'Product code never imports tests.',
      severity: 'error',
      from: { path: '^(main|preload|renderer|text|words)/' },
      to: { path: '^test/' }
    },
    {
      name: 'no-cycles',
      comment: 'Modules that import each other in a circle cannot be understood one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing is one that no rule above can judge.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^test/rules/fixtures/', '^(dist|release|artifacts)/'] },
    moduleSystems: ['es6', 'cjs'],
    // Sees `import type` as well.
    tsPreCompilationDeps: true,
    // Absolute, so that the fixtures' runs find it from their folders.
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types']
    }
  }
}
