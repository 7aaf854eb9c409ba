import { defineConfig } from 'vite'

/** Libraries that are CommonJS ask where they lie. */
const commonJs = "import{fileURLToPath as toPath}from'node:url';const __filename=toPath(import.meta.url),__dirname=toPath(new URL('.',import.meta.url));"

/**
 * The relay for packages: one file of JavaScript with every dependency in it but SQLite, which has a part for each
 * platform. The store's worker, from its own configuration, comes beside it.
 */
export default defineConfig({
  ssr: { target: 'node', noExternal: true, external: ['better-sqlite3-multiple-ciphers'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/relay',
    emptyOutDir: true,
    sourcemap: false,
    minify: false,
    rolldownOptions: {
      input: { 'natter-relay': 'main/relay/packed/entry.ts' },
      output: { format: 'es', minify: { compress: false, mangle: false }, entryFileNames: '[name].mjs', codeSplitting: false, banner: commonJs }
    }
  }
})
