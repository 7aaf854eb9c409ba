import { defineConfig } from 'vite'

/**
 * The main process, with every dependency in it, so that a package needs no node_modules. The window opens with
 * index.cjs alone; what makes the node is read while the page loads.
 */
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
      output: { format: 'cjs', minify: { compress: false, mangle: false }, entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' }
    }
  }
})
