// What services that speak OpenAI's format say, by a second, small reading of it: OpenAI's client takes the answer apart,
// and what the services do otherwise than OpenAI is put right here. It knows nothing of src/providers/openai-compatible.
import { APIError } from 'openai'
import type { Subject, Unread } from './agreement.ts'
import type { Case } from './cases.ts'
import { type Chunk, chunksOf, type Detail, type Source, type Words } from './like-chunks.ts'
import { countsIn } from './openai-client.ts'
import type { Outcome, Reading } from './reading.ts'

/** @param reasoningApart the service's count of the completion leaves out what was reasoned. */
export function likeSubject(reasoningApart = false): Subject {
  return {
    async read(one) {
      try {
        return readingOf(await chunksOf(one), one, reasoningApart)
      } catch (thrown) {
        if (thrown instanceof SyntaxError) return { unread: thrown.message }
        if (thrown instanceof APIError) return failureOf(thrown, one)
        throw thrown
      }
    },
    /** An error, or a finish reason and a clean end: what follows the reason may be missing. */
    endOf({ bytes }) {
      const text = Buffer.from(bytes).toString('latin1')
      const behind = (found: RegExpExecArray | null) => found && found.index + found[0].length
      const error = behind(/^data:.*"error": ?\{.*$/m.exec(text))
      const finish = behind(/^data:.*"finish_reason": ?"\w+.*$/m.exec(text))
      if (error !== null) return { behind: error }
      return finish === null
        ? undefined
        : { behind: behind(/^data: ?\[DONE\]/m.exec(text)) ?? text.length, from: finish }
    },
  }
}

function readingOf(chunks: readonly Chunk[], one: Case, reasoningApart: boolean): Outcome | Unread {
  const choices = chunks.flatMap((chunk) => chunk.choices?.slice(0, 1) ?? [])
  const words = choices.flatMap(({ delta, message }) => delta ?? message ?? [])
  const finish = choices.map(({ finish_reason }) => finish_reason).findLast(Boolean)
  if (!finish && one.stream) return { unread: 'It has no end.' }
  const first = chunks.find((chunk) => chunk.choices?.length)
  const id = first?.id ?? ''
  const { text, reasoning, details } = saidIn(words)
  const calls = callsIn(words)
  if (calls.some(({ name }) => name === '')) return { unread: 'A call has no name.' }
  const refusal = words.map((one) => one.refusal ?? '').join('')
  const silent = text === '' && !one.stream && (calls.length > 0 || finish === 'content_filter')
  return {
    said: {
      id: id.startsWith('chatcmpl-') ? id : `chatcmpl-${id}`,
      model: first?.model || one.model,
      tier: first?.service_tier || null,
      text: silent ? null : text,
      refusal: refusal || null,
      reasoning: reasoning || null,
      details,
      calls,
      annotations: [...annotationsIn(words), ...sourcesIn(chunks, text)],
      finish: finishOf(finish ?? '', calls.length),
      usage: usageIn(chunks, reasoningApart),
      logprobs: choices.flatMap(({ logprobs }) => logprobs?.content ?? []),
      images: words.flatMap(({ images }) => (images ?? []).map(({ image_url }) => image_url.url)),
    },
  }
}

/** Text and thoughts: beside it, in parts of it, or between marks at its beginning. */
function saidIn(words: readonly Words[]): Pick<Reading, 'details'> & { text: string; reasoning: string } {
  const parts = words.flatMap(({ content }) =>
    typeof content === 'string' ? { type: 'text', text: content } : (content ?? []),
  )
  const whole = parts.map(({ text = '' }) => text).join('')
  const [all = '', marked = ''] = /^\s*<think>\s*([\s\S]*?)(?:<\/think>\s*|$)/.exec(whole) ?? []
  const within = parts.flatMap(({ thinking = [] }) => thinking.map(({ text }) => text)).join('')
  const beside = words.map((one) => one.reasoning_content || one.reasoning || '').join('')
  const text = whole.slice(all.length)
  const details = detailsIn(words)
  const reasoning = marked || within || beside || details.map(({ text, summary }) => text ?? summary ?? '').join('')
  // Two of one index would be folded into one.
  if (details.length > 0) return { text, reasoning, details: details.map((one, index) => ({ ...one, index })) }
  return {
    text,
    reasoning,
    details: reasoning ? [{ type: 'reasoning.text', format: 'unknown', index: 0, text: reasoning }] : [],
  }
}

function detailsIn(words: readonly Words[]): Detail[] {
  const details: Record<string, Detail> = {}
  for (const { type, ...more } of words.flatMap(({ reasoning_details }) => reasoning_details ?? [])) {
    const name = `${more.index} ${type}`
    const { text = '', summary = '', data = '', signature = '', ...known } = details[name] ?? {}
    const joined = {
      text: text + (more.text ?? ''),
      summary: summary + (more.summary ?? ''),
      data: data + (more.data ?? ''),
      signature: signature + (more.signature ?? ''),
    }
    const said = Object.fromEntries(Object.entries(joined).filter(([, value]) => value !== ''))
    const named = Object.fromEntries(Object.entries(more).filter(([key, value]) => value !== null && !(key in joined)))
    details[name] = { ...known, ...named, ...said, type }
  }
  return Object.values(details)
}

function callsIn(words: readonly Words[]): Reading['calls'] {
  const calls: { id: string; name: string; arguments: string; index: number }[] = []
  for (const [place, one] of words.flatMap(({ tool_calls }) => [...(tool_calls ?? []).entries()])) {
    const { name = '', arguments: piece = '' } = one.function ?? {}
    const said = typeof piece === 'string' ? piece : JSON.stringify(piece)
    const index = one.index ?? place
    const known = calls.find((call) => call.index === index && (!one.id || one.id === call.id))
    if (known) known.arguments += said
    else calls.push({ id: one.id ?? '', name, arguments: said, index })
  }
  return calls.map(({ id, name, arguments: said }) => ({ id, name, arguments: said || '{}' }))
}

function annotationsIn(words: readonly Words[]): object[] {
  return words.flatMap(({ annotations }) =>
    (annotations ?? []).map(({ url_citation }) => {
      const { content: _content, ...citation } = { content: '', ...url_citation }
      return { type: 'url_citation', url_citation: citation }
    }),
  )
}

/** Sources beside the text, at each place where it names their number. */
function sourcesIn(chunks: readonly Chunk[], text: string): object[] {
  const last = chunks.findLast(({ citations, search_results }) => citations?.length || search_results?.length)
  const sources: readonly Source[] = last?.search_results ?? last?.citations?.map((url) => ({ url })) ?? []
  const marks = [...text.matchAll(/\[(\d+)\]/g)].flatMap(({ index, 0: mark, 1: number }) => {
    const source = sources[Number(number) - 1]
    return source ? [{ source, start_index: index, end_index: index + mark.length }] : []
  })
  const unmarked = sources.filter((one) => !marks.some(({ source }) => source === one))
  return [...marks, ...unmarked.map((source) => ({ source, start_index: 0, end_index: 0 }))].map(
    ({ source, ...span }) => ({
      type: 'url_citation',
      url_citation: { ...span, url: source.url, title: source.title ?? '' },
    }),
  )
}

function finishOf(said: string, calls: number): string {
  if (/^(?:length|model_length|max_tokens)$/.test(said)) return 'length'
  if (said === 'content_filter') return said
  return calls > 0 ? 'tool_calls' : 'stop'
}

function usageIn(chunks: readonly Chunk[], reasoningApart: boolean): Record<string, number> {
  const all = chunks.map(({ usage, x_groq, choices }) => usage || x_groq?.usage || choices?.[0]?.usage)
  const last = all.findLast(Boolean)
  if (!last) return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const { prompt_tokens, completion_tokens, total_tokens } = last
  const cached = last.prompt_cache_hit_tokens ?? last.cached_tokens ?? last.num_cached_tokens
  const { reasoning_tokens } = last
  return {
    ...(typeof cached === 'number' && { 'prompt_tokens_details.cached_tokens': cached }),
    ...(typeof reasoning_tokens === 'number' && { 'completion_tokens_details.reasoning_tokens': reasoning_tokens }),
    ...countsIn(last),
    total_tokens: total_tokens || prompt_tokens + completion_tokens,
    ...(reasoningApart && { completion_tokens: total_tokens - prompt_tokens }),
  }
}

/** What is said of the operator's credential is said in our own words. What a failure is called is each service's. */
function failureOf({ status, error }: APIError, one: Case): Outcome {
  const told: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error
  const ours = one.status === 401 || one.status === 403 || typeof told !== 'string'
  return {
    failed: {
      status: one.stream ? undefined : status === 402 ? 429 : status,
      type: undefined,
      code: undefined,
      message: ours ? undefined : told,
      text: '',
    },
  }
}
