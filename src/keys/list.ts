// All keys, page by page, as KV has them.
import { GatewayError } from '../hub/error.ts'
import { kvName, parseRecord } from './binding.ts'
import { isKeyId } from './format.ts'
import type { JsonObject } from './merge-patch.ts'
import { shown } from './shown.ts'
import { reached } from './store.ts'

const PAGE = { default: 20, max: 100 }

/**
 * One page of keys, oldest first. KV lists names in order and ids sort by time, but it cannot start at a name: what
 * comes before `after` is walked past, a thousand names a step.
 * @param now epoch milliseconds
 * @throws GatewayError 400 with `param`; 503 if KV cannot be read.
 */
export async function listKeys(
  { KEYS }: Env,
  query: { readonly limit: string | undefined; readonly after: string | undefined },
  now: number,
): Promise<{ data: JsonObject[]; has_more: boolean }> {
  const limit = pageSize(query.limit)
  const { after } = query
  if (after !== undefined && !isKeyId(after)) {
    throw new GatewayError('invalid_value', "Invalid 'after'. Expected the id of a key.", { param: 'after' })
  }
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page: KVNamespaceListResult<unknown> = await reached(KEYS.list({ prefix: kvName(''), cursor }))
    for (const { name } of page.keys) if (after === undefined || name > kvName(after)) names.push(name)
    cursor = page.list_complete ? null : page.cursor
  } while (cursor !== null && names.length <= limit)
  const wanted = names.slice(0, limit)
  const texts = wanted.length > 0 ? await reached(KEYS.get(wanted, 'text')) : new Map<string, string | null>()
  return { data: wanted.flatMap((name) => listed(name, texts.get(name), now)), has_more: names.length > limit }
}

/** One entry of the list, or none: a name without a record was deleted a moment ago. */
function listed(name: string, text: string | null | undefined, now: number): JsonObject[] {
  if (typeof text !== 'string') return []
  try {
    return [shown(parseRecord(text), now)]
  } catch {
    // One record that cannot be read must not hide the others.
    console.error({ event: 'key-record-unreadable', name })
    return []
  }
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return PAGE.default
  const fail = (code: 'invalid_type' | 'integer_below_min_value' | 'integer_above_max_value') =>
    new GatewayError(code, `Invalid 'limit'. Expected an integer from 1 to ${PAGE.max}.`, { param: 'limit' })
  if (!/^-?\d{1,9}$/.test(text)) throw fail('invalid_type')
  if (Number(text) < 1) throw fail('integer_below_min_value')
  if (Number(text) > PAGE.max) throw fail('integer_above_max_value')
  return Number(text)
}
