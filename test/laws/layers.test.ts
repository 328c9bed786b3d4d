// layers: imports point one way. `wire` knows nobody, `hub` only the schemas; dialects and providers know those, and
// never each other; keys, limits and media know no dialect and no provider. Only what stands above them all knows all.
import { posix } from 'node:path'
import { expect, it } from 'vitest'
import { type Source, sources } from './sources.ts'

interface Import {
  readonly from: string
  readonly to: string
  /** Nothing of it is there at run time. */
  readonly type: boolean
}

const STATEMENT = /^(?:import|export)(\s+type)?\s+(?:[\w*{][^'";]*\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'/g

function importsOf({ path, text }: Source): Import[] {
  const to = (target: string) => (target.startsWith('.') ? posix.join(posix.dirname(path), target) : target)
  return [
    ...[...text.matchAll(STATEMENT)].map(([, type, target = '']) => ({
      from: path,
      to: to(target),
      type: type !== undefined,
    })),
    ...[...text.matchAll(DYNAMIC)].map(([, target = '']) => ({ from: path, to: to(target), type: false })),
  ]
}

interface Layer {
  /** What it may import, itself aside: folders, files and packages. */
  readonly knows: readonly string[]
  /** What it may import the types of. */
  readonly types?: readonly string[]
}

const BELOW = ['src/hub/', 'src/wire/', 'schemas/', 'zod']
const LAYERS: Readonly<Record<string, Layer>> = {
  'schemas/': { knows: ['zod'] },
  'src/wire/': { knows: [] },
  'src/hub/': {
    knows: ['schemas/'],
    types: ['src/limits/meters.ts', 'src/wire/frames.ts', 'src/wire/upload.ts', 'zod'],
  },
  'src/dialects/': { knows: BELOW, types: ['src/limits/'] },
  // The meters that many share are a table as well.
  'src/providers/': { knows: [...BELOW, 'src/limits/meters.ts', 'node:'], types: ['src/limits/'] },
  // They stand above what they are done with, and know no provider.
  'src/endpoints/': {
    knows: [
      ...[
        ...BELOW,
        'src/answers.ts',
        'src/body.ts',
        'src/config.ts',
        'src/leg.ts',
        'src/relay.ts',
        'src/relay-edits.ts',
      ],
      ...['src/response-headers.ts', 'src/transcode.ts', 'src/translate.ts', 'src/keys/route.ts'],
    ],
    types: ['src/target.ts', 'src/keys/'],
  },
  'src/media/': { knows: [...BELOW, 'src/timeouts.ts'] },
  'src/keys/': { knows: [...BELOW, 'src/limits/', 'node:', 'hono', 'cloudflare:'] },
  'src/limits/': { knows: [...BELOW, 'node:', 'cloudflare:'] },
}

function forbidden({ to, type }: Import, layer: string, { knows, types = [] }: Layer): boolean {
  const known = type ? [layer, ...knows, ...types] : [layer, ...knows]
  return !known.some((one) => to.startsWith(one))
}

it.each(Object.entries(LAYERS))('%s imports what it may', (folder, layer) => {
  const own = sources.filter(({ path }) => path.startsWith(folder))
  expect(own.length).toBeGreaterThan(0)
  expect(own.flatMap(importsOf).filter((one) => forbidden(one, folder, layer))).toEqual([])
})

it('dialects know of each other only in their index', () => {
  const folder = (path: string) => /^src\/dialects\/[\w-]+\//.exec(path)?.[0]
  const own = sources.filter(({ path }) => folder(path)).flatMap(importsOf)
  expect(own.filter(({ from, to }) => to.startsWith('src/dialects/') && folder(to) !== folder(from))).toEqual([])
})

it('sees imports of every form', () => {
  const text = [
    "import { a } from './a.ts'",
    "import type { b } from '../b.ts'",
    "import {\n  c,\n  type d,\n} from '../../schemas/c.ts'",
    "export { default } from './e.ts'",
    "export type { f } from './f.ts'",
    "import * as z from 'zod/mini'",
    "import './g.ts'",
    "const h = await import('./h.ts')",
  ].join('\n')
  expect(importsOf({ path: 'src/hub/x.ts', text }).map(({ to, type }) => (type ? `type ${to}` : to))).toEqual([
    'src/hub/a.ts',
    'type src/b.ts',
    'schemas/c.ts',
    'src/hub/e.ts',
    'type src/hub/f.ts',
    'zod/mini',
    'src/hub/g.ts',
    'src/hub/h.ts',
  ])
})
