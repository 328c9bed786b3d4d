// The page at `/` and what stands beside it, as the files that are served: dist/page. Wrangler runs this before it
// bundles (`[build]` in wrangler.toml); what runs the Worker without wrangler calls `buildPage`.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { HEADERS } from '../page/headers.ts'
import { buildModule, ROOT } from './build.ts'

/** Where the files are; relative to the repository. */
const FOLDER = 'dist/page'

export interface Page {
  /** The folder of the files, absolute. */
  readonly folder: string
  /** What a browser loads before it asks for data, gzipped, in bytes. */
  readonly weight: number
}

/** The page as a service of its own, for runtimes without static assets: Miniflare's words for selfhost/page.ts. */
export async function pageWorker() {
  const { folder } = await buildPage()
  const contents = await buildModule('selfhost/page.ts')
  return {
    name: 'page',
    modules: [{ type: 'ESModule' as const, path: 'page.js', contents }],
    compatibilityDate: '2026-10-01',
    serviceBindings: { FILES: { disk: { path: folder, writable: false } } },
  }
}

/** Writes the page's files, those that have changed. */
export async function buildPage(): Promise<Page> {
  const folder = join(ROOT, FOLDER)
  await mkdir(folder, { recursive: true })
  const source = (name: string) => readFile(join(ROOT, name), 'utf8')
  const openapi: { readonly paths: Readonly<Record<string, unknown>> } = JSON.parse(
    await source('schemas/openapi.json'),
  )
  const shown = {
    'index.html': await source('page/index.html'),
    ...(await bundled(Object.keys(openapi.paths))),
    'icon.svg': await source('page/icon.svg'),
  }
  const files = {
    ...shown,
    'compat.json': JSON.stringify({
      providers: JSON.parse(await source('schemas/json/compat.json')),
      dialects: JSON.parse(await source('schemas/json/dialects.json')),
    }),
    'openapi.json': JSON.stringify(openapi),
    _headers: headersFile(),
  }
  for (const [name, text] of Object.entries(files)) await replace(join(folder, name), text)
  return { folder, weight: Object.values(shown).reduce((sum, text) => sum + gzipSync(text).length, 0) }
}

/** Script and style. @param paths those that the Worker serves: the page offers no others. */
async function bundled(paths: readonly string[]): Promise<Record<string, string>> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { page: 'page/main.ts', style: 'page/style.css' },
    outdir: FOLDER,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2022', 'safari17.2'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    define: { SERVED: JSON.stringify(paths) },
  })
  // Otherwise its helper process stays for as long as this one.
  await esbuild.stop()
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]))
}

function headersFile(): string {
  const lines = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, value]) => `  ${name}: ${value}\n`)
  return Object.entries(HEADERS)
    .map(([path, all]) => `${path}\n${lines(all).join('')}`)
    .join('\n')
}

/** Writes a file at once, and not at all where it says the same already: several may run side by side. */
async function replace(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
  const draft = join(ROOT, 'dist', `${basename(path)}.${process.pid}`)
  await writeFile(draft, text)
  await rename(draft, path)
}

if (import.meta.main) {
  const { folder, weight } = await buildPage()
  console.log(`${folder}: ${(weight / 1024).toFixed(1)} KB gzipped, without the data`)
}
