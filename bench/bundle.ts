// The bundle: its size and where it comes from, and how long it takes until it can answer.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { ROOT } from '../scripts/build.ts'
import type { Bench } from './bench.ts'
import { start } from './child.ts'
import { median } from './rounds.ts'
import type { Startup } from './startup.ts'
import { type Row, target } from './table.ts'

const KB = 1024

export async function size({ code }: Bench): Promise<Row[]> {
  const zipped = gzipSync(code).length / KB
  const parts = await partsOf()
  const all = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0)
  return [
    {
      measure: 'bundle',
      value: `${zipped.toFixed(1)} KB gzip`,
      beside: `${(Buffer.byteLength(code) / KB).toFixed(1)} KB minified`,
      ...target(zipped, 100, 'KB gzip'),
    },
    // What is compressed together has no size of its own: each part has its share.
    ...[...parts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, bytes]) => ({
        measure: `bundle: ${name}`,
        value: `${((zipped * bytes) / all).toFixed(1)} KB gzip`,
        beside: `${(bytes / KB).toFixed(1)} KB minified`,
      })),
  ]
}

/** Minified bytes by folder, and by package. */
async function partsOf(): Promise<Map<string, number>> {
  const { metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [join('src', 'index.ts')],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    outdir: 'dist',
    external: ['cloudflare:*', 'node:*'],
    conditions: ['workerd', 'worker'],
    loader: { '.txt': 'text', '.html': 'text', '.sql': 'text' },
  })
  await esbuild.stop()
  const parts = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name =
        /^(?:src\/(?:providers|dialects)\/[^/]+\/|node_modules\/[^/]+|src\/[^/]+\/|[^/]+)/.exec(path)?.[0] ?? path
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput)
    }
  }
  return parts
}

/** Each evaluation in a process of its own: only the first one compiles. */
export async function startup({ code, quick }: Bench): Promise<Row[]> {
  const took: number[] = []
  for (let i = 0; i < (quick ? 5 : 15); i++) {
    const child = start<Startup>(`${import.meta.dirname}/startup.ts`, ['--experimental-vm-modules', '--no-warnings'])
    took.push(await child.call('evaluate', code))
    child.stop()
  }
  return [
    {
      measure: 'start-up: compiling and evaluating the bundle',
      value: `${median(took).toFixed(1)} ms`,
      beside: `${Math.min(...took).toFixed(1)} to ${Math.max(...took).toFixed(1)} ms, in Node`,
    },
  ]
}
