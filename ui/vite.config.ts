import { readFile } from 'node:fs/promises'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** The font travels with its licence, as the OFL asks. */
function fontLicence(): Plugin {
  return {
    name: 'font-licence',
    apply: 'build',
    async generateBundle() {
      const source = await readFile(
        new URL('./node_modules/@fontsource-variable/inter/LICENSE', import.meta.url),
        'utf8',
      )
      this.emitFile({ type: 'asset', fileName: 'licences/inter.txt', source })
    },
  }
}

export default defineConfig({
  plugins: [svelte(), fontLicence()],
  // The window loads its files from inside the app: no folder of a web server is assumed.
  base: './',
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  build: {
    // Fonts stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    license: { fileName: 'licences/libraries.md' },
    reportCompressedSize: true,
  },
})
