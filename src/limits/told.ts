// Windows that the body of a refusal tells of, where its headers cannot or do not.
import { at } from '../hub/json.ts'
import { type Meters, readWindows, type Unit, type Windows } from './meters.ts'
import { jsonIn } from './retry.ts'

/**
 * Windows in the body of a refusal: the headers of a service behind it, in `error.metadata.headers`, and the violations
 * of google.rpc.QuotaFailure among the `details`, of which nothing remains.
 * @param meters the table of the service's headers.
 * @param now epoch milliseconds.
 */
export function windowsTold(meters: Meters, bodyText: string, now: number): Windows {
  const error = at(jsonIn(bodyText), 'error')
  return {
    ...quotas(at(error, 'details')),
    ...readWindows(meters, headersIn(at(at(error, 'metadata'), 'headers')), now),
  }
}

function headersIn(value: unknown): Headers {
  const headers = new Headers()
  for (const [name, said] of Object.entries(value ?? {})) {
    if (/^[\w-]+$/.test(name) && /^[\w., :+-]*$/.test(String(said))) headers.set(name, String(said))
  }
  return headers
}

/** Of several windows of a unit the day's, which is the last to end. */
function quotas(details: unknown): Windows {
  const windows: { [unit in Unit]?: { limit: number; remaining: 0 } } = {}
  for (const violation of listed(details).flatMap((detail) => listed(at(detail, 'violations')))) {
    const id = `${at(violation, 'quotaMetric')} ${at(violation, 'quotaId')}`
    const value = String(at(violation, 'quotaValue'))
    const unit = /token/i.test(id) ? 'tokens' : /request/i.test(id) ? 'requests' : undefined
    if (unit === undefined || !/^\d+$/.test(value)) continue
    if (windows[unit] === undefined || /PerDay/i.test(id)) windows[unit] = { limit: Number(value), remaining: 0 }
  }
  return windows
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
