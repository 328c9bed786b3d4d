// The Worker as one minified module, the way it is deployed. Tests and benchmarks run this bundle, not the sources.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

/** The repository. */
export const ROOT = join(import.meta.dirname, '..')

export interface Bundle {
  /** Where it was written. */
  readonly path: string
  readonly code: string
}

/**
 * Bundles src/index.ts.
 * @param outdir where index.js goes; relative to the repository
 */
export async function build(outdir = 'dist'): Promise<Bundle> {
  const code = await buildModule('src/index.ts')
  const path = join(ROOT, outdir, 'index.js')
  await mkdir(join(ROOT, outdir), { recursive: true })
  await writeFile(path, code)
  return { path, code }
}

/** One module and all it imports, as minified text. */
export async function buildModule(entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    conditions: ['workerd', 'worker'],
    // What the runtime itself brings.
    external: ['cloudflare:*', 'node:*'],
    // What wrangler takes for text.
    loader: { '.txt': 'text', '.html': 'text', '.sql': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  // Otherwise its helper process stays for as long as this one.
  await esbuild.stop()
  return outputFiles[0]?.text ?? ''
}

/** A size in words: `61.2 KB, 19.8 KB gzipped`. */
export function sizeOf(code: string): string {
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`
  return `${kilobytes(Buffer.byteLength(code))}, ${kilobytes(gzipSync(code).length)} gzipped`
}

if (import.meta.main) {
  try {
    const { path, code } = await build()
    console.log(`${path}: ${sizeOf(code)}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
