import { defineConfig } from 'vite'

/** The main process: one CommonJS file with every dependency in it, so a package needs no node_modules. */
export default defineConfig({
  ssr: { target: 'node', noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: 'dist/main',
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { index: 'main/index.ts' },
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false }
    }
  }
})
