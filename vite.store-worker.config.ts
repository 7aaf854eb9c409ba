import { defineConfig } from 'vite'

/** The store's worker: one CommonJS file beside the main process's. It loads the SQLite module by the path that it is given. */
export default defineConfig({
  ssr: { target: 'node', noExternal: true },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: 'dist/main',
    // The main process's bundle is there already.
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { 'store-worker': 'main/store/worker/entry.ts' },
      output: { format: 'cjs', minify: { compress: false, mangle: false }, entryFileNames: '[name].cjs', codeSplitting: false }
    }
  }
})
