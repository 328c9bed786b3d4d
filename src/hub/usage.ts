// Token counts in OpenAI's terms: https://platform.openai.com/docs/api-reference/chat/object

/** The totals include what the details name. */
export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details?: Readonly<Record<string, number>>
  readonly completion_tokens_details?: Readonly<Record<string, number>>
}

/** What stands where a provider counted nothing: clients read the totals without asking whether they are there. */
export const NO_USAGE: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

/** What was read and nothing written, as far as it is a count. */
export function inputUsage(count: unknown): Usage | undefined {
  return isCount(count) ? { prompt_tokens: count, completion_tokens: 0, total_tokens: count } : undefined
}

/** Two answers that are one: what each part used, together. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    ...detailsOf('prompt_tokens_details', a, b),
    ...detailsOf('completion_tokens_details', a, b),
  }
}

function detailsOf(key: 'prompt_tokens_details' | 'completion_tokens_details', a: Usage, b: Usage) {
  if (!a[key] && !b[key]) return {}
  const sum: Record<string, number> = { ...a[key] }
  for (const [name, value] of Object.entries(b[key] ?? {})) sum[name] = (sum[name] ?? 0) + value
  return { [key]: sum }
}

/** Reads OpenAI's `usage` object as far as it is one, or undefined when it counts no prompt. */
export function usageOf(value: unknown): Usage | undefined {
  if (!isRecord(value) || !isCount(value.prompt_tokens)) return undefined
  const { prompt_tokens } = value
  const completion_tokens = isCount(value.completion_tokens) ? value.completion_tokens : 0
  const total = isCount(value.total_tokens) ? value.total_tokens : 0
  const prompt_tokens_details = counts(value.prompt_tokens_details)
  const completion_tokens_details = counts(value.completion_tokens_details)
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: total || prompt_tokens + completion_tokens,
    ...(prompt_tokens_details && { prompt_tokens_details }),
    ...(completion_tokens_details && { completion_tokens_details }),
  }
}

/** Details that are no counts are services' own, and no reason to count nothing. */
function counts(details: unknown): Record<string, number> | undefined {
  if (!isRecord(details)) return undefined
  return Object.fromEntries(Object.entries(details).filter((entry): entry is [string, number] => isCount(entry[1])))
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
