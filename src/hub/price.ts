// What a provider's tokens cost, and what a request cost by that.
import type { Usage } from './usage.ts'

/** US dollars for a million tokens each: of input, of input that came from the cache or went into it, of output. */
export type Rates = readonly [input: number, cached: number, written: number, output: number]

/** The rates of a model; and those of a whole request whose prompt has more tokens than `above`, where they differ. */
export type Price = readonly [rates: Rates, above?: number, beyond?: Rates]

/** By the model's name, without its date. */
export type Prices = Readonly<Record<string, Price>>

/**
 * US dollars, or undefined for what the rates say nothing of: sound has prices of its own.
 * @param calls side by side that the usage is the sum of: each had a prompt of its own.
 */
export function costOf(usage: Usage, price: Price, calls = 1): number | undefined {
  const { prompt_tokens: prompt, completion_tokens: completion, prompt_tokens_details: details } = usage
  if (details?.audio_tokens || usage.completion_tokens_details?.audio_tokens) return undefined
  const [rates, above = Number.POSITIVE_INFINITY, beyond] = price
  const [input, cachedRate, writtenRate, output] = beyond && prompt / calls > above ? beyond : rates
  // The totals include what the details name.
  const cached = Math.min(details?.cached_tokens ?? 0, prompt)
  const written = Math.min(details?.cache_write_tokens ?? 0, prompt - cached)
  const read = prompt - cached - written
  const dollars = (read * input + cached * cachedRate + written * writtenRate + completion * output) / 1e6
  return Number(dollars.toFixed(9))
}
