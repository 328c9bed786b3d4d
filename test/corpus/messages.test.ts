// Recorded answers of Anthropic's for clients that speak its dialect: relayed, every byte passes and the counts are read;
// translated through the hub, as they are from Claude elsewhere, Anthropic's own client reads the same message of ours.
import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { whole } from '../../src/answers.ts'
import { messages } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { providers } from '../../src/providers/index.ts'
import { openai } from '../../src/providers/openai/index.ts'
import { RelayTranslator, relayedAnswer } from '../../src/relay.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { ACCOUNT } from '../account.ts'
import { readByAnthropic } from './anthropic-client.ts'
import { expectedOf } from './anthropic-expected.ts'
import { type Case, casesOf } from './cases.ts'
import { runOf } from './core.ts'
import { randomCuttings, randomOf, SEED } from './cuts.ts'
import { Excuses, type Ignored } from './ignored.ts'

const ignored: readonly Ignored[] = [
  {
    name: /./,
    field: 'citations',
    example: 'ai.anthropic-web-search-tool-1.json',
    reason:
      'A source comes with its address and title; where in its text it was found is sealed by the service, and lost.',
  },
]

const cases = casesOf('anthropic')
const good = cases.filter(({ status }) => status < 400)
const streams = good.filter(({ stream }) => stream)
const wholes = good.filter(({ stream }) => !stream)

const read = (stream: boolean) => {
  const body = { model: 'any', max_tokens: 1000, stream, messages: [{ role: 'user', content: 'Hello' }] }
  return messages.read(body)
}
const contextOf = (stream: boolean): AnswerContext => {
  const request = read(stream)
  return { request: request.origin?.translate?.(openai.chat) ?? request, created: 0, report: undefined }
}

describe.skipIf(cases.length === 0)('relayed', () => {
  it.each(streams)('$name', async (one) => {
    const theirs = await readByAnthropic(one)
    for (const pieces of [[one.bytes], [...randomCuttings(one.bytes, 1, randomOf(SEED))].flat()]) {
      const tap = messages.tap(read(true))
      const renderer = messages.renderer(contextOf(true))
      const translator = new RelayTranslator(tap, (error) => renderer.fail(error))
      const out = Buffer.from(runOf(translator, pieces), 'latin1')
      if (translator.failed) {
        // What had come before passes, and the failure is the last thing that is said.
        expect(out.toString().trimEnd().split('\n\n').at(-1)).toMatch(
          /^(?:event: error\r?\n)?data: ?\{"type": ?"error"/,
        )
        continue
      }
      expect(out.equals(one.bytes)).toBe(true)
      expect(tap.whole).toBe(true)
      if ('read' in theirs) expect(counted(tap.usage)).toMatchObject(usageIn(theirs))
    }
  })

  it.each(wholes)('$name', async (one) => {
    const theirs = await readByAnthropic(one)
    const { body, usage } = relayedAnswer(one.bytes, messages.tap(read(false)), undefined)
    expect(body).toBe(one.bytes)
    if ('read' in theirs) expect(counted(usage)).toMatchObject(usageIn(theirs))
  })
})

type Outcome = Exclude<Awaited<ReturnType<typeof readByAnthropic>>, { readonly unread: string }>

/** What Anthropic's client counts, in the hub's terms. */
function usageIn(theirs: Outcome): Record<string, number> {
  const expected = expectedOf(theirs)
  return 'said' in expected ? (expected.said.usage as Record<string, number>) : {}
}

function counted(usage: object | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(usage ?? {}).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object'
        ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one])
        : [[name, value]],
    ),
  )
}

describe.skipIf(cases.length === 0)('translated', () => {
  const excuses = new Excuses(ignored)

  it.each(good)('$name', async (one) => {
    const [theirs, ours] = [await readByAnthropic(one), await readByAnthropic(await translated(one))]
    if ('unread' in theirs) return
    if (!('read' in theirs)) {
      expect(ours).toMatchObject({ refused: { type: theirs.refused.type } })
      return
    }
    if (!('read' in ours)) expect.fail(JSON.stringify(ours))
    const [wanted, got] = [shown(theirs.read.message, theirs), shown(ours.read.message)]
    const found = Object.keys(wanted).flatMap((field) => {
      const [expected, actual] = [wanted[field], got[field]]
      return JSON.stringify(expected) === JSON.stringify(actual) ? [] : [{ field, expected, actual }]
    })
    expect(excuses.unexcused(one.name, found as Parameters<Excuses['unexcused']>[1])).toEqual([])
  })

  it('lets no difference pass that there is not', () => {
    expect(excuses.stale(good.map(({ name }) => name))).toEqual([])
  })
})

/** The case as the gateway would say it again. */
async function translated(one: Case): Promise<Case> {
  const context = contextOf(one.stream)
  const provider = providers.get('anthropic')
  const call = provider?.chat?.encode(context.request, one.model, new Ledger(false), ACCOUNT)
  if (!call) throw new Error('The provider is not known.')
  const noMore = () => Promise.reject(new Error('Nothing was asked for that could pause.'))
  if (one.stream) {
    const joint = new Joint(messages.renderer(context), 1)
    const text = runOf(new Transcoder(joint, call.reader(one.headers), 0, 1, noMore), [one.bytes])
    return { ...one, bytes: Buffer.from(text) }
  }
  try {
    const answered = [{ call, response: new Response(one.bytes, { headers: one.headers }) }]
    const { body } = await whole(answered, messages, context, noMore)
    return { ...one, bytes: Buffer.from(JSON.stringify(body)) }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { ...one, status: thrown.status, bytes: Buffer.from(JSON.stringify(messages.error(thrown))) }
  }
}

/** What a message says, as far as the hub has words for it. */
function shown(message: Anthropic.Message, outcome?: Outcome): Record<string, unknown> {
  const { id, model, role, stop_reason, stop_sequence, stop_details, usage } = message
  return {
    id: id.startsWith('msg_') ? id : `msg_${id}`,
    model,
    role,
    stop_reason,
    stop_sequence: stop_sequence ?? null,
    explanation: stop_details?.explanation ?? null,
    content: contentOf(message),
    citations: message.content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : [])),
    usage: outcome ? hubUsage(usageIn(outcome)) : ownUsage(usage),
  }
}

/** Blocks that a client reads or sends back; texts that stand side by side are one. */
function contentOf({ content }: Anthropic.Message): object[] {
  const out: Record<string, unknown>[] = []
  for (const block of content) {
    const last = out.at(-1)
    if (block.type === 'text' && last?.type === 'text') last.text = `${last.text}${block.text}`
    else if (block.type === 'text' && block.text !== '') out.push({ type: 'text', text: block.text })
    else if (block.type === 'thinking' && (block.thinking || block.signature))
      out.push({ type: block.type, thinking: block.thinking, signature: block.signature })
    else if (block.type === 'redacted_thinking') out.push({ type: block.type, data: block.data })
    else if (block.type === 'tool_use')
      out.push({ type: block.type, id: block.id, name: block.name, input: block.input })
  }
  return out
}

function hubUsage(usage: Record<string, number>): object {
  const read = usage['prompt_tokens_details.cached_tokens'] ?? 0
  const written = usage['prompt_tokens_details.cache_write_tokens'] ?? 0
  return {
    input: (usage.prompt_tokens ?? 0) - read - written,
    read,
    written,
    output: usage.completion_tokens,
    thought: usage['completion_tokens_details.reasoning_tokens'] ?? null,
  }
}

function ownUsage({ input_tokens, output_tokens, ...usage }: Anthropic.Usage): object {
  return {
    input: input_tokens,
    read: usage.cache_read_input_tokens,
    written: usage.cache_creation_input_tokens,
    output: output_tokens,
    thought: usage.output_tokens_details?.thinking_tokens ?? null,
  }
}
