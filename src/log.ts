// Where a request's entry goes when it is over: the log, and the Analytics Engine where one is bound.
// https://developers.cloudflare.com/analytics/analytics-engine/
import type { LogEntry } from '../schemas/log.ts'
import { scrub } from './hub/error.ts'

/** Writes an entry. Nobody waits for it, and nothing that fails in it reaches the request. */
export function record(entry: LogEntry, analytics: AnalyticsEngineDataset | undefined): void {
  console.log(entry)
  // Who has no key spends nothing, and could write points by the million.
  if (!analytics || entry.key_id === undefined) return
  try {
    analytics.writeDataPoint(pointOf(entry, entry.key_id))
  } catch {
    console.warn({ event: 'analytics-failed', request_id: entry.request_id })
  }
}

/**
 * An entry as a point: the index is the key's id. Queries name what follows by its place, so that it only ever grows at
 * its end (docs/logs.md). What is not known is an empty text, or 0.
 */
export function pointOf(entry: LogEntry, keyId: string): AnalyticsEngineDataPoint {
  const { usage, timings } = entry
  return {
    indexes: [keyId],
    blobs: [
      entry.endpoint,
      entry.route ?? '',
      entry.provider ?? '',
      entry.outcome,
      entry.error ?? '',
      entry.stream ? 'stream' : 'whole',
      entry.request_id,
      entry.upstream_request_id ?? '',
    ],
    doubles: [
      entry.status ?? 0,
      usage?.input_tokens ?? 0,
      usage?.cached_tokens ?? 0,
      usage?.cache_write_tokens ?? 0,
      usage?.output_tokens ?? 0,
      usage?.reasoning_tokens ?? 0,
      entry.cost_usd ?? 0,
      // Whether the cost is known, and the usage: sums of the others say how much they leave out.
      entry.cost_usd === undefined ? 0 : 1,
      usage ? 1 : 0,
      timings.auth ?? 0,
      timings.limit ?? 0,
      timings.translate ?? 0,
      timings.upstream ?? 0,
      timings.first_byte ?? 0,
      timings.total,
      entry.attempts,
      entry.losses?.length ?? 0,
    ],
  }
}

/** A route as the log may have it. A model's name is a client's word: one that no model has may be anything. */
export function routeIn(name: string): string {
  const [slot = ''] = name.split('/', 1)
  const model = scrub(name.slice(slot.length + 1))
  return `${slot}/${/^[\w.:/@+[\]-]{1,256}$/.test(model) ? model : '?'}`
}

/** A provider's own id of a request, where it looks like one. */
export function idIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:/+=-]{1,128}$/.test(text) ? text : undefined
}
