// What a request costs, and what of it was cached. Cites: Response, usage; Limits, cache.
import { hash } from 'node:crypto'
import { tokensOf } from '../tokens.ts'
import { blocksOf, type CacheControl, type MessagesBody } from './wire.ts'

export interface InputUsage {
  /** Tokens after the last cache mark. */
  readonly input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number }
}

interface Part {
  readonly value: unknown
  readonly mark: CacheControl | null | undefined
}

/** The prompt in the order in which it is cached. */
function partsOf(body: MessagesBody): readonly Part[] {
  const blocks = body.messages.flatMap(({ role, content }) =>
    blocksOf(content).map((block) => ({
      value: [role, { ...block, cache_control: undefined }],
      mark: block.cache_control,
    })),
  )
  const parts: Part[] = [
    ...(body.tools ?? []).map((tool) => ({ value: { ...tool, cache_control: undefined }, mark: tool.cache_control })),
    ...blocksOf(body.system).map((block) => ({ value: block.text, mark: block.cache_control })),
    ...blocks,
  ]
  // At top level a mark stands for one on the last block.
  const last = parts.at(-1)
  return body.cache_control && last ? [...parts.slice(0, -1), { ...last, mark: body.cache_control }] : parts
}

/** Remembers the prefixes it was asked to cache, for as long as the demo runs. */
export class PromptCache {
  readonly #seen = new Set<string>()

  /** The input side of `usage`, and the marks of this request cached for the next one. */
  charge(body: MessagesBody): InputUsage {
    let prefix = body.model
    let total = 0
    let read = 0
    let written = 0
    let ttl: CacheControl['ttl'] = '5m'
    for (const { value, mark } of partsOf(body)) {
      total += tokensOf(value)
      prefix = hash('sha256', prefix + JSON.stringify(value), 'base64')
      if (!mark) continue
      if (this.#seen.has(prefix)) read = total
      this.#seen.add(prefix)
      written = total
      ttl = mark.ttl ?? '5m'
    }
    const created = written - read
    return {
      input_tokens: total - written,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: created,
      cache_creation: {
        ephemeral_5m_input_tokens: ttl === '5m' ? created : 0,
        ephemeral_1h_input_tokens: ttl === '1h' ? created : 0,
      },
    }
  }
}
