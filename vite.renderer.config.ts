import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The renderer: files that the strict policy of main/desktop/csp.ts lets through, so nothing inline. */
export default defineConfig({
  plugins: [svelte()],
  // vite takes its place for index.html from here; tools and tests run from the checkout's root.
  root: fileURLToPath(new URL('renderer', import.meta.url)),
  base: '/',
  build: {
    target: 'chrome130',
    outDir: fileURLToPath(new URL('dist/renderer', import.meta.url)),
    emptyOutDir: true,
    minify: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Svelte's compiler is most of this build's work, as it should be.
    rolldownOptions: { checks: { pluginTimings: false } }
  }
})
