/**
 * `npm run figures`: builds the window with sample data as it is built for people, opens it in Chromium without a display, and
 * prints what the catalogue of 10,000 models costs there. `CHROMIUM` names another browser of its kind.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, preview } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'canteen-figures-'))
const LIMIT_MS = 120_000

/** What the page measured. */
let hear
const heard = new Promise((resolve) => (hear = resolve))
const listening = {
  name: 'figures',
  configurePreviewServer(server) {
    server.middlewares.use('/told', (request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        response.end()
        hear(JSON.parse(body))
      })
    })
  },
}

const common = {
  configFile: false,
  root: here,
  logLevel: 'error',
  plugins: [svelte({ configFile: join(here, '../../svelte.config.js') }), listening],
  build: {
    outDir: join(work, 'dist'),
    target: 'es2022',
    rollupOptions: { input: join(here, 'figures.html') },
  },
}
let failed = true
let browser
try {
  await build(common)
  const server = await preview({ ...common, preview: { host: '127.0.0.1', port: 0 } })
  const address = server.resolvedUrls?.local[0]
  browser = spawn(
    process.env.CHROMIUM ?? 'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--window-size=1160,780',
      `--user-data-dir=${join(work, 'profile')}`,
      `${address}figures.html`,
    ],
    { stdio: 'ignore' },
  )
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error('the browser told nothing')), LIMIT_MS).unref(),
  )
  const gone = new Promise((_, reject) => browser.on('error', reject))
  const figures = await Promise.race([heard, late, gone])
  for (const [what, figure] of Object.entries(figures)) {
    process.stdout.write(`${what.padEnd(44)} ${figure}\n`)
  }
  failed = 'failed' in figures
  browser.kill()
  server.httpServer.close()
} finally {
  browser?.kill()
  // The browser writes its profile until it is gone.
  setTimeout(() => {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
    process.exit(failed ? 1 : 0)
  }, 500)
}
