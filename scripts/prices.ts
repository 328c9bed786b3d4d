// The providers' list prices out of prices.json, which people edit: the file in each provider's folder that the Worker
// reads, with where every price was found, and when.
import list from './prices.json' with { type: 'json' }

/** US dollars for a million tokens. What is not said costs as much as input. */
interface Told {
  readonly input: number
  readonly cached_input?: number
  readonly cache_write?: number
  readonly output: number
}

interface Model extends Told {
  /** Prompts of more tokens than this have other rates, for the whole request. */
  readonly above?: number
  readonly beyond?: Told
}

interface Group {
  readonly source: string
  /** The day on which it said so. */
  readonly date: string
  readonly models: Readonly<Record<string, Model>>
}

/** By provider. */
type Prices = Readonly<Record<string, readonly Group[]>>

/**
 * The generated files, by path.
 * @throws Error for what is no price, or was found nowhere.
 */
export function priceFiles(prices: Prices = list): [path: string, content: string][] {
  return Object.entries(prices).map(([provider, groups]) => [`src/providers/${provider}/prices.ts`, file(groups)])
}

function file(groups: readonly Group[]): string {
  const lines = [
    '// List prices in US dollars for a million tokens. Generated from scripts/prices.json: npm run generate',
    "import type { Prices } from '../../hub/price.ts'",
    '',
    'export const prices: Prices = {',
    ...groups.flatMap(({ source, date, models }) => {
      if (!source.startsWith('https://') || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
        throw new Error(`prices.json: ${JSON.stringify({ source, date })} is no source and date.`)
      }
      return [`  // ${source}, ${date}`, ...Object.entries(models).map(line)]
    }),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function line([name, model]: [string, Model]): string {
  const key = /^[a-z]\w*$/i.test(name) ? name : `'${name}'`
  const { above, beyond } = model
  if ((above === undefined) !== (beyond === undefined)) throw new Error(`prices.json: ${name} has half of a tier.`)
  const tier = above === undefined || beyond === undefined ? '' : `, ${grouped(above)}, ${rates(name, beyond)}`
  return `  ${key}: [${rates(name, model)}${tier}],`
}

function rates(name: string, { input, cached_input = input, cache_write = input, output }: Told): string {
  const all = [input, cached_input, cache_write, output]
  if (!all.every((rate) => Number.isFinite(rate) && rate >= 0)) throw new Error(`prices.json: ${name} has no rates.`)
  return `[${all.join(', ')}]`
}

function grouped(count: number): string {
  return count.toLocaleString('en').replaceAll(',', '_')
}
