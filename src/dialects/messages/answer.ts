// An answer's deltas as the events of a message. The whole message is the fold of the same events (reply.ts).
import type { Delta, FinishReason } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import { type Loss, reportOf } from '../../hub/loss.ts'
import { type MessagesUsage, messagesUsageOf } from '../../hub/messages-usage.ts'

import { NO_USAGE } from '../../hub/usage.ts'
import { Blocks } from './blocks.ts'
import type { MessagesEvent, Stopped, StopReason } from './events.ts'

const REASONS: Readonly<Record<FinishReason, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

/** Tiers by the names that Messages has for them. */
const TIERS: Readonly<Record<string, string>> = { default: 'standard', priority: 'priority', flex: 'batch' }

const NO_IMAGES = { kind: 'dropped', reason: 'A message of this kind holds no image.' } as const
const NO_CITATION = { kind: 'dropped', reason: 'The text that is cited is not there, or no longer.' } as const
const NO_SEAL = {
  kind: 'dropped',
  reason:
    'A signature behind the last text is not sent: clients would take it for the answer, and no provider demands it.',
} as const

export class Answer {
  readonly #context: AnswerContext
  readonly #blocks: Blocks
  readonly #losses: Loss[] = []
  #id = ''
  #tier: string | undefined
  #begun = false
  #refusal = ''
  #finish: Extract<Delta, { type: 'finish' }> | undefined
  #usage: MessagesUsage | undefined

  constructor(context: AnswerContext) {
    this.#context = context
    this.#blocks = new Blocks({
      idOf: ({ id, index }) => id || `toolu_${(this.#id || context.id || '').replace(/\W/g, '_')}_${index}`,
      omitted: context.request.fields.thinking?.display === 'omitted',
    })
  }

  take(delta: Delta): readonly MessagesEvent[] {
    // A message is one answer. Nobody can ask for more of them, but a service may give them.
    if ('choice' in delta && (delta.choice ?? 0) > 0) return []
    switch (delta.type) {
      case 'start':
        return this.#begin(delta)
      case 'text':
      case 'reasoning':
      case 'signature':
      case 'encrypted':
      case 'tool':
      case 'arguments':
        return [...this.#begin(), ...this.#blocks.say(delta)]
      case 'citation':
        if (!this.#blocks.cite(delta.citation)) this.lose({ path: 'content', ...NO_CITATION })
        return this.#begin()
      case 'refusal':
        this.#refusal += delta.text
        return this.#begin()
      case 'image':
        this.lose({ path: 'content', ...NO_IMAGES })
        return this.#begin()
      case 'extra':
        this.#blocks.keep(delta.extra)
        return []
      case 'finish':
        this.#finish = delta
        return [...this.#begin(), ...this.#blocks.end()]
      case 'usage':
        this.#usage = messagesUsageOf(delta.usage)
        return []
      case 'loss':
        this.lose(delta.loss)
        return []
      default:
        // Log probabilities nobody can ask for; what fails is said by whoever reads this.
        return []
    }
  }

  lose(loss: Loss): void {
    this.#losses.push(loss)
  }

  end(): readonly MessagesEvent[] {
    const { report } = this.#context
    const last = [...this.#begin(), ...this.#blocks.end()]
    if (this.#blocks.unused > 0) this.lose({ path: 'content', ...NO_CITATION })
    if (this.#blocks.untold) this.lose({ path: 'content', ...NO_SEAL })
    return [
      ...last,
      {
        type: 'message_delta',
        delta: this.#stopped(),
        usage: this.#counted(this.#usage ?? messagesUsageOf(NO_USAGE)),
        ...(report && { dragoman: reportOf([...report, ...this.#losses]) }),
      },
      { type: 'message_stop' },
    ]
  }

  #begin({ id, model, tier }: { id: string; model: string; tier?: string } = { id: '', model: '' }): MessagesEvent[] {
    if (this.#begun) return []
    this.#begun = true
    this.#id = id || this.#context.id || ''
    this.#tier = tier === undefined ? undefined : TIERS[tier]
    return [
      {
        type: 'message_start',
        message: {
          id: this.#id.startsWith('msg_') ? this.#id : `msg_${this.#id}`,
          type: 'message',
          role: 'assistant',
          model,
          container: null,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          stop_details: null,
          // Nothing has been counted yet: the numbers come with the end.
          usage: this.#counted(messagesUsageOf(NO_USAGE)),
        },
      },
    ]
  }

  #counted(usage: MessagesUsage): MessagesUsage {
    return this.#tier === undefined ? usage : { ...usage, service_tier: this.#tier }
  }

  #stopped(): Stopped {
    const { reason = 'stop', stop } = this.#finish ?? {}
    const refused = reason === 'content_filter' || this.#refusal !== ''
    const stop_reason = refused
      ? 'refusal'
      : reason === 'stop' && stop !== undefined
        ? 'stop_sequence'
        : REASONS[reason]
    return {
      stop_reason,
      stop_sequence: stop_reason === 'stop_sequence' ? (stop ?? this.#onlyStop()) : null,
      stop_details: refused ? { type: 'refusal', category: null, explanation: this.#refusal || null } : null,
    }
  }

  /** Where there was one, it is the one. */
  #onlyStop(): string | null {
    const stops = [this.#context.request.fields.stop ?? []].flat()
    return stops.length === 1 ? (stops[0] ?? null) : null
  }
}
