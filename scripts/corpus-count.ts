// Whether the corpus tests of the last run read every case that the corpus lists: a case that is skipped in silence is
// one that nobody tests. Where there is no corpus there is nothing to count.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const CORPUS = process.env.CORPUS ?? join(ROOT, '../shared/corpus')

const PROVIDERS = ['anthropic', 'openai']
const LAYERS = ['core', 'e2e']

/** Where one test file leaves its count. Each has a file of its own, because they run side by side. */
export function countsFile(provider: string, layer: string): string {
  return join(ROOT, 'node_modules/.cache/dragoman/corpus', `${provider}-${layer}.json`)
}

/** How many cases of a provider ran, or undefined when nothing was counted. The count is of one run: it is taken away. */
function take(provider: string, layer: string): number | undefined {
  const file = countsFile(provider, layer)
  if (!existsSync(file)) return undefined
  const { ran } = JSON.parse(readFileSync(file, 'utf8')) as { ran: number }
  rmSync(file)
  return ran
}

function main(): void {
  const index = join(CORPUS, 'index.json')
  if (!existsSync(index)) {
    console.log('corpus: not here, nothing to count')
    return
  }
  const cases = JSON.parse(readFileSync(index, 'utf8')) as { provider: string; kind: string }[]
  for (const provider of PROVIDERS) {
    const listed = cases.filter((one) => one.provider === provider && one.kind === 'chat').length
    for (const layer of LAYERS) {
      const ran = take(provider, layer)
      console.log(`corpus ${provider} (${layer}): ${ran ?? 'no'} cases ran of ${listed} listed`)
      if ((ran ?? 0) < listed) process.exitCode = 1
    }
  }
}

if (import.meta.main) main()
