// A whole answer: the fold of its deltas, and back.
import type { Citation, Delta, Extra, FinishReason, TokenLogprob } from './delta.ts'
import type { Loss } from './loss.ts'
import type { Usage } from './usage.ts'

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
  /** The stop sequence that it ended at, where it did; null when nobody tells which. */
  stop?: string | null
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
    case 'finish': {
      const choice = choiceOf(reply, delta.choice)
      choice.finish = delta.reason
      if (delta.stop !== undefined) choice.stop = delta.stop
      return
    }
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
    const { stop } = one
    if (one.finish) yield { type: 'finish', reason: one.finish, ...(stop !== undefined && { stop }), choice }
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
