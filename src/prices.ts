// Which price holds for a model: the operator's, else the list price that the provider's folder has.
import type { Price, Rates } from './hub/price.ts'
import type { Provider } from './hub/provider.ts'
import { type Matcher, matcher } from './keys/pattern.ts'
import type { Route } from './keys/route.ts'

/** A pattern of `slot/model`, and its price; undefined: it has none. */
type Rule = readonly [matches: Matcher, price: Price | undefined]

/**
 * The price of a route's model, or undefined where nobody named one.
 * @param variable `PRICES`: JSON, patterns of `slot/model` (or `provider/model`) to
 *   `{"input", "output", "cached_input"?, "cache_write"?}` in dollars for a million tokens, or to null. The first that
 *   matches holds.
 */
export function priceOf(route: Route, { name, prices }: Provider, variable: string | undefined): Price | undefined {
  const named = `${name}/${route.model}`
  const rule = rulesIn(variable).find(([matches]) => matches(route.name) || matches(named))
  return rule ? rule[1] : listed(prices ?? {}, route.model)
}

/** Dated names and those before them cost the same. */
function listed(prices: Readonly<Record<string, Price>>, model: string): Price | undefined {
  const bare = model.replace(/(?:[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-latest)$/, '')
  return Object.hasOwn(prices, bare) ? prices[bare] : undefined
}

let known: { readonly variable: string; readonly rules: readonly Rule[] } = { variable: '', rules: [] }

/** The rules of a variable, which are read once. What is wrong with one is logged, and the variable counts as empty. */
function rulesIn(variable = ''): readonly Rule[] {
  if (variable === known.variable) return known.rules
  const { rules = [], fault } = parsed(variable)
  if (fault !== undefined) console.error(`The variable PRICES is not used: ${fault}.`)
  known = { variable, rules }
  return rules
}

/** What is wrong with the variable, in words that quote nothing of it; undefined if it may be used. */
export function pricesFault(variable = ''): string | undefined {
  return parsed(variable).fault
}

function parsed(variable: string): { readonly rules?: readonly Rule[]; readonly fault?: string } {
  try {
    return { rules: variable.trim() === '' ? [] : Object.entries(object(JSON.parse(variable))).map(rule) }
  } catch (thrown) {
    // A parser's words may quote what it was given.
    return { fault: thrown instanceof BadPrice ? thrown.message : 'it is not JSON' }
  }
}

class BadPrice extends Error {}

function rule([pattern, value]: [string, unknown], index: number): Rule {
  if (value === null) return [matcher(pattern), undefined]
  const rates = object(value)
  const rate = (name: string, byDefault?: number): number => {
    const dollars = rates[name] ?? byDefault
    if (typeof dollars === 'number' && Number.isFinite(dollars) && dollars >= 0) return dollars
    throw new BadPrice(`entry ${index + 1} has no ${name} in dollars`)
  }
  const input = rate('input')
  const all: Rates = [input, rate('cached_input', input), rate('cache_write', input), rate('output')]
  return [matcher(pattern), [all]]
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new BadPrice('it is to be an object of objects')
}
