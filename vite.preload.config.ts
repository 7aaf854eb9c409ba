import { defineConfig } from 'vite'

/** The preload script: CommonJS, because sandboxed preloads cannot import ES modules. */
export default defineConfig({
  ssr: { target: 'node', noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: 'dist/preload',
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { index: 'preload/index.ts' },
      output: { format: 'cjs', minify: { compress: false, mangle: false }, entryFileNames: '[name].cjs', codeSplitting: false }
    }
  }
})
