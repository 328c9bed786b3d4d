// Whether the corpus tests of the last run read every case that the corpus lists: a case that is skipped in silence is
// one that nobody tests. Where there is no corpus there is nothing to count.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const TESTS = { core: join(ROOT, 'test/corpus'), e2e: join(ROOT, 'test/e2e') } as const
const COUNTS = join(ROOT, 'node_modules/.cache/dragoman/corpus')

/** A second set of the same make-up can be read by naming its folder. */
export const CORPUS = process.env.CORPUS ?? join(ROOT, '../shared/corpus')

/** Whether every folder must have a test, also those that no test names yet. */
const STRICT = true

/** Services without a provider of their own, or with one of another name. */
const SERVED_BY: Readonly<Record<string, string>> = {
  alibaba: 'qwen',
  crusoe: 'openai-compatible',
  snowflake: 'openai-compatible',
  writer: 'openai-compatible',
}

/** The kinds of cases that are read. */
const KINDS = ['chat', 'completions', 'embeddings', 'responses'] as const
export type Kind = (typeof KINDS)[number]

/** The gateway's provider for the cases of a folder. */
export function servedBy(folder: string): string {
  return SERVED_BY[folder] ?? folder
}

/** What one test file leaves behind. */
export interface Counted {
  readonly folder: string
  readonly layer: keyof typeof TESTS
  /** Of its cases, those of one kind; chat unless said. */
  readonly kind?: Kind
  /** The names of the cases that ran. */
  readonly ran: readonly string[]
}

/** Where one test leaves its count. Each has a file of its own, because they run side by side. */
export function countsFile({ folder, layer, kind = 'chat' }: Counted, by: string): string {
  return join(COUNTS, `${folder}-${layer}-${kind}-${by}.json`)
}

/** What ran, by folder and layer. The count is of one run: it is taken away. */
function take(): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>()
  for (const name of existsSync(COUNTS) ? readdirSync(COUNTS) : []) {
    const { folder, layer, kind = 'chat', ran } = JSON.parse(readFileSync(join(COUNTS, name), 'utf8')) as Counted
    const key = `${folder} (${kind}, ${layer})`
    all.set(key, new Set([...(all.get(key) ?? []), ...ran]))
    rmSync(join(COUNTS, name))
  }
  return all
}

/** Whether a test is there that names the folder. */
function isTested(folder: string, layer: Counted['layer']): boolean {
  const tests = readdirSync(TESTS[layer]).filter((name) => name.endsWith('.test.ts'))
  return tests.some((name) => readFileSync(join(TESTS[layer], name), 'utf8').includes(`'${folder}'`))
}

function main(): void {
  const index = join(CORPUS, 'index.json')
  if (!existsSync(index)) {
    console.log('corpus: not here, nothing to count')
    return
  }
  const cases = JSON.parse(readFileSync(index, 'utf8')) as { name: string; provider: string; kind: string }[]
  const read = cases.filter(({ kind }) => KINDS.some((one) => one === kind))
  const folders = Map.groupBy(read, ({ provider, kind }) => `${provider} ${kind}`)
  const counts = take()
  for (const [name, listed] of folders) {
    const [folder = '', kind = ''] = name.split(' ')
    for (const layer of ['core', 'e2e'] as const) {
      const ran = counts.get(`${folder} (${kind}, ${layer})`)
      const missing = listed.filter(({ name }) => !ran?.has(name))
      const due = STRICT || ran !== undefined || isTested(folder, layer)
      const told = `corpus ${folder} (${kind}, ${layer}): ${listed.length - missing.length} cases ran of ${listed.length} listed`
      console.log(due || missing.length === 0 ? told : `${told}: no test reads them yet`)
      if (due && missing.length > 0) process.exitCode = 1
    }
  }
}

if (import.meta.main) main()
