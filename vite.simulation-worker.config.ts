import { defineConfig } from 'vite'

/** The simulation's worker: one CommonJS file beside the main process's, with the node in it. */
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
      input: { 'simulation-worker': 'main/node/simulation/worker.ts' },
      output: { format: 'cjs', minify: { compress: false, mangle: false }, entryFileNames: '[name].cjs', codeSplitting: false }
    }
  }
})
