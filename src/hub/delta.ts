// The reply hub: an answer is a stream of atomic deltas, each saying one thing. A whole reply is their fold.
import type { GatewayError } from './error.ts'
import type { Loss } from './loss.ts'
import type { Usage } from './usage.ts'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface Citation {
  readonly url: string
  readonly title: string
  /** Where the cited text stands in the choice's whole text, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/**
 * What an answer begins with; where choices come from calls of their own, each begins so. `tier` is OpenAI's
 * `service_tier`, as the provider says it was used.
 */
export interface Start {
  readonly type: 'start'
  readonly id: string
  readonly model: string
  readonly tier?: string
  /** OpenAI's `system_fingerprint`. */
  readonly fingerprint?: string
  readonly choice?: number
}

/** One token and how likely it was: OpenAI's `logprobs.content[]`. */
export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  /** The token's UTF-8, where that is known. */
  readonly bytes: readonly number[] | null
  readonly top_logprobs: readonly Omit<TokenLogprob, 'top_logprobs'>[]
}

/**
 * What a client sends back unread, because the provider asks for it: it stands in `extra_content`, under a name of the
 * provider's choice.
 */
export type Extra = Readonly<Record<string, unknown>>

/**
 * `choice` is the index of the choice a delta belongs to (absent: 0), `index` counts tool calls or blocks of reasoning
 * from 0 within a choice. A tool's `custom` input and a function's arguments both come as `arguments`.
 */
export type Delta =
  | Start
  | { readonly type: 'text'; readonly text: string; readonly choice?: number }
  | {
      readonly type: 'reasoning'
      readonly index: number
      readonly text: string
      readonly format: string
      /** The text sums up what was thought. */
      readonly summary?: true
      /** The provider's own name of the block, for the way back. */
      readonly id?: string
      readonly choice?: number
    }
  | {
      readonly type: 'signature'
      readonly index: number
      readonly signature: string
      readonly format: string
      readonly choice?: number
    }
  | {
      readonly type: 'encrypted'
      readonly index: number
      readonly data: string
      readonly format: string
      /** The call that the data belongs to. */
      readonly id?: string
      readonly choice?: number
    }
  | {
      readonly type: 'tool'
      readonly index: number
      /** '' where the provider names no calls: the client gets a name all the same. */
      readonly id: string
      readonly name: string
      readonly custom: boolean
      readonly extra?: Extra
      readonly choice?: number
    }
  | { readonly type: 'arguments'; readonly index: number; readonly text: string; readonly choice?: number }
  | { readonly type: 'refusal'; readonly text: string; readonly choice?: number }
  | { readonly type: 'citation'; readonly citation: Citation; readonly choice?: number }
  | { readonly type: 'logprobs'; readonly tokens: readonly TokenLogprob[]; readonly choice?: number }
  /** An image that the model made, as a data URL or the address of one. */
  | { readonly type: 'image'; readonly url: string; readonly choice?: number }
  /** What belongs to the message as a whole. A later one takes the place of an earlier one. */
  | { readonly type: 'extra'; readonly extra: Extra; readonly choice?: number }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly choice?: number }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'loss'; readonly loss: Loss }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly error: GatewayError }

/** A run of one kind within a choice, in the order the model made them. */
export type Block =
  | { readonly type: 'text'; text: string }
  | {
      readonly type: 'reasoning'
      readonly index: number
      readonly format: string
      text: string
      summary?: true
      signature?: string
      data?: string
      id?: string
    }
  | {
      readonly type: 'tool'
      readonly index: number
      /** '' where the provider names no calls: the client gets a name all the same. */
      readonly id: string
      readonly name: string
      readonly custom: boolean
      readonly extra?: Extra
      arguments: string
    }

export interface Choice {
  readonly index: number
  readonly blocks: Block[]
  refusal: string
  readonly citations: Citation[]
  readonly logprobs: TokenLogprob[]
  /** Addresses, in the order they came. */
  readonly images: string[]
  extra: Extra | undefined
  finish: FinishReason | undefined
}

/** A whole answer. */
export interface Reply {
  id: string
  model: string
  tier: string | undefined
  fingerprint: string | undefined
  readonly choices: Choice[]
  usage: Usage | undefined
  readonly losses: Loss[]
}

/**
 * Folds deltas into the reply they make.
 * @throws the GatewayError of an error delta: half an answer is no answer.
 */
export function collect(deltas: Iterable<Delta>, reply: Reply = emptyReply()): Reply {
  for (const delta of deltas) add(reply, delta)
  return reply
}

export function emptyReply(): Reply {
  return { id: '', model: '', tier: undefined, fingerprint: undefined, choices: [], usage: undefined, losses: [] }
}

function add(reply: Reply, delta: Delta): void {
  switch (delta.type) {
    case 'start':
      choiceOf(reply, delta.choice)
      // Choices that come from calls of their own are one answer, with the id of the first.
      if (reply.id) return
      reply.id = delta.id
      reply.model = delta.model
      reply.tier = delta.tier
      reply.fingerprint = delta.fingerprint
      return
    case 'text': {
      const { blocks } = choiceOf(reply, delta.choice)
      const last = blocks.at(-1)
      if (last?.type === 'text') last.text += delta.text
      else blocks.push({ type: 'text', text: delta.text })
      return
    }
    case 'reasoning': {
      const block = reasoningOf(reply, delta)
      block.text += delta.text
      if (delta.summary) block.summary = true
      if (delta.id !== undefined) block.id = delta.id
      return
    }
    case 'signature': {
      const block = reasoningOf(reply, delta)
      block.signature = (block.signature ?? '') + delta.signature
      return
    }
    case 'encrypted': {
      const block = reasoningOf(reply, delta)
      block.data = (block.data ?? '') + delta.data
      if (delta.id !== undefined) block.id = delta.id
      return
    }
    case 'tool':
      choiceOf(reply, delta.choice).blocks.push({
        type: 'tool',
        index: delta.index,
        id: delta.id,
        name: delta.name,
        custom: delta.custom,
        ...(delta.extra && { extra: delta.extra }),
        arguments: '',
      })
      return
    case 'arguments':
      for (const block of choiceOf(reply, delta.choice).blocks) {
        if (block.type === 'tool' && block.index === delta.index) block.arguments += delta.text
      }
      return
    case 'refusal':
      choiceOf(reply, delta.choice).refusal += delta.text
      return
    case 'citation':
      choiceOf(reply, delta.choice).citations.push(delta.citation)
      return
    case 'logprobs':
      choiceOf(reply, delta.choice).logprobs.push(...delta.tokens)
      return
    case 'image':
      choiceOf(reply, delta.choice).images.push(delta.url)
      return
    case 'extra':
      choiceOf(reply, delta.choice).extra = delta.extra
      return
    case 'finish':
      choiceOf(reply, delta.choice).finish = delta.reason
      return
    case 'usage':
      reply.usage = delta.usage
      return
    case 'loss':
      reply.losses.push(delta.loss)
      return
    case 'error':
      throw delta.error
    case 'ping':
      return
    default:
      delta satisfies never
  }
}

function choiceOf(reply: Reply, index = 0): Choice {
  let choice = reply.choices.find((one) => one.index === index)
  if (!choice) {
    choice = {
      index,
      blocks: [],
      refusal: '',
      citations: [],
      logprobs: [],
      images: [],
      extra: undefined,
      finish: undefined,
    }
    reply.choices.push(choice)
    reply.choices.sort((a, b) => a.index - b.index)
  }
  return choice
}

function reasoningOf(
  reply: Reply,
  delta: { index: number; format: string; choice?: number },
): Extract<Block, { type: 'reasoning' }> {
  const { blocks } = choiceOf(reply, delta.choice)
  for (const block of blocks) if (block.type === 'reasoning' && block.index === delta.index) return block
  const block: Extract<Block, { type: 'reasoning' }> = {
    type: 'reasoning',
    index: delta.index,
    format: delta.format,
    text: '',
  }
  blocks.push(block)
  return block
}

/** The deltas of a whole reply, which has a choice at least: `collect(replay(reply))` is `reply`. */
export function* replay(reply: Reply): Generator<Delta> {
  const { id, model, tier, fingerprint } = reply
  const told = { ...(tier !== undefined && { tier }), ...(fingerprint !== undefined && { fingerprint }) }
  for (const loss of reply.losses) yield { type: 'loss', loss }
  for (const one of reply.choices) {
    const choice = one.index
    yield { type: 'start', id, model, ...told, choice }
    for (const block of one.blocks) yield* replayBlock(block, choice)
    if (one.refusal) yield { type: 'refusal', text: one.refusal, choice }
    for (const url of one.images) yield { type: 'image', url, choice }
    if (one.logprobs.length > 0) yield { type: 'logprobs', tokens: one.logprobs, choice }
    if (one.extra) yield { type: 'extra', extra: one.extra, choice }
    for (const citation of one.citations) yield { type: 'citation', citation, choice }
    if (one.finish) yield { type: 'finish', reason: one.finish, choice }
  }
  if (reply.usage) yield { type: 'usage', usage: reply.usage }
}

function* replayBlock(block: Block, choice: number): Generator<Delta> {
  switch (block.type) {
    case 'text':
      yield { type: 'text', text: block.text, choice }
      return
    case 'reasoning': {
      const { index, format, text, summary, signature, data, id } = block
      const named = { ...(summary && { summary }), ...(id !== undefined && { id }) }
      // A block that holds only a signature still has its place.
      if (text || (signature === undefined && data === undefined))
        yield { type: 'reasoning', index, text, format, ...named, choice }
      if (signature !== undefined) yield { type: 'signature', index, signature, format, choice }
      if (data !== undefined) yield { type: 'encrypted', index, data, format, ...(id !== undefined && { id }), choice }
      return
    }
    case 'tool':
      yield {
        type: 'tool',
        index: block.index,
        id: block.id,
        name: block.name,
        custom: block.custom,
        ...(block.extra && { extra: block.extra }),
        choice,
      }
      if (block.arguments) yield { type: 'arguments', index: block.index, text: block.arguments, choice }
      return
    default:
      block satisfies never
  }
}
