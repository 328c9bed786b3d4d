// Gemini's answers, for the comparison: what Google's own client reads of them, as an OpenAI client is to have it. A
// second, small statement of the mapping, which knows nothing of the first (src/providers/gemini).
import type { Candidate, GenerateContentResponse, Part } from '@google/genai'
import type { Subject } from './agreement.ts'
import type { Case } from './cases.ts'
import { type ClientOutcome, readByGoogle } from './gemini-client.ts'
import type { Failure, Reading } from './reading.ts'

type Usage = NonNullable<GenerateContentResponse['usageMetadata']> & { readonly serviceTier?: string }

export const gemini: Subject = {
  async read(one) {
    const outcome = await readByGoogle(one)
    const { chunks, refused, unread } = outcome
    if (refused) return { failed: failureOf(outcome, one.status < 400) }
    if (unread !== undefined) return { unread }
    const candidates = chunks.flatMap(({ candidates: [first] = [] }) => first ?? [])
    const blocked = chunks.some(({ promptFeedback }) => promptFeedback?.blockReason)
    if (one.stream && !blocked && !candidates.some(({ finishReason }) => finishReason))
      return { unread: 'it has no end' }
    return { said: readingOf(chunks, candidates, one) }
  },
  /** The end of the body is the end; from the reason to finish on only counts are missing. */
  endOf({ bytes }) {
    const text = Buffer.from(bytes).toString('latin1')
    const events = [...text.matchAll(/^data: ?(?=\{).*$/gm)]
    const last = events.at(-1)
    const finish = events.find(([data]) => /"(?:finishReason|blockReason|error)": ?["{\d]/.test(data))
    if (!last || !finish) return undefined
    return { behind: last.index + last[0].length, from: finish.index + finish[0].length }
  },
}

const FORMAT = 'google-gemini-v1'

function readingOf(chunks: readonly GenerateContentResponse[], all: readonly Candidate[], one: Case): Reading {
  const parts = all.flatMap(({ content }) => content?.parts ?? [])
  const id = chunks.map(({ responseId }) => responseId).find(Boolean) ?? ''
  const model = chunks.map(({ modelVersion }) => modelVersion).find(Boolean) ?? one.model
  const usage = Object.assign({}, ...chunks.map(({ usageMetadata }) => usageMetadata)) as Usage
  const text = parts.flatMap((part) => (part.thought ? [] : (part.text ?? []))).join('')
  const calls = callsOf(parts, id)
  const images = parts.flatMap(({ inlineData, thought }) =>
    !thought && inlineData?.mimeType?.startsWith('image/')
      ? [`data:${inlineData.mimeType};base64,${inlineData.data}`]
      : [],
  )
  const finish = finishOf(all, calls.length)
  const silent = calls.length > 0 || images.length > 0 || finish === 'content_filter'
  return {
    id: `chatcmpl-${id}`,
    model,
    tier: tierOf(chunks),
    text: text === '' && !one.stream && silent ? null : text,
    refusal: null,
    ...reasoningOf(parts, calls),
    calls: calls.map(({ id: own, name, args }) => ({ id: own, name, arguments: JSON.stringify(args) })),
    annotations: annotationsOf(all, text),
    finish,
    usage: usageOf(usage),
    logprobs: logprobsOf(all),
    images,
    extra: extraOf(parts, calls),
  }
}

interface Called {
  readonly id: string
  readonly name: string
  args: unknown
  readonly signature: string | undefined
}

/** Calls, also those whose arguments come piece by piece. */
function callsOf(parts: readonly Part[], id: string): Called[] {
  const calls: Called[] = []
  for (const { functionCall: call, thoughtSignature: signature } of parts) {
    if (!call) continue
    if (call.name) {
      const own = call.id ?? ['call', id, calls.length].filter((part) => part !== '').join('_')
      calls.push({ id: own, name: call.name, args: call.args ?? {}, signature })
    }
    const last = calls.at(-1)
    for (const piece of call.partialArgs ?? []) {
      if (last) place(last, piece.jsonPath ?? '', piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? null)
    }
  }
  return calls
}

/** Sets a value at a path; texts at one path add up. */
function place(call: Called, path: string, value: unknown): void {
  const steps = [
    'args',
    ...path
      .slice(1)
      .split(/[.[\]]+/)
      .filter(Boolean),
  ]
  let here: Record<string, unknown> = call as unknown as Record<string, unknown>
  steps.forEach((step, i) => {
    const next = steps[i + 1]
    const known = here[step]
    if (next === undefined) here[step] = typeof known === 'string' ? known + String(value) : value
    else here[step] ??= /^\d+$/.test(next) ? [] : {}
    here = here[step] as Record<string, unknown>
  })
}

/** A run of thoughts is one item, a signature of anything that is sent back another. */
function reasoningOf(parts: readonly Part[], calls: readonly Called[]): Pick<Reading, 'reasoning' | 'details'> {
  const details: { type: string; format: string; text?: string; signature?: string; id?: string; data?: string }[] = []
  let thinking = false
  let called = 0
  for (const part of parts) {
    const { text, thought, thoughtSignature: signature, functionCall } = part
    if (thought && text !== undefined) {
      const last = details.at(-1)
      if (thinking && last) last.text = (last.text ?? '') + text
      else details.push({ type: 'reasoning.text', format: FORMAT, text, ...(signature && { signature }) })
      thinking = true
      continue
    }
    if (functionCall || text || part.inlineData || part.executableCode || part.codeExecutionResult || part.toolCall)
      thinking = false
    const id = functionCall?.name ? calls[called++]?.id : undefined
    if (signature && comesBack(part))
      details.push({ type: 'reasoning.encrypted', format: FORMAT, ...(id && { id }), data: signature })
  }
  const texts = details.flatMap(({ text }) => (text ? [text] : []))
  return {
    reasoning: texts.length > 0 ? texts.join('\n\n') : null,
    details: details.map((detail, index) => ({ ...detail, index })),
  }
}

const comesBack = (part: Part) => Boolean(part.functionCall ?? part.inlineData) || part.text !== undefined

function extraOf(parts: readonly Part[], calls: readonly Called[]): (object | null)[] {
  const signed = (signature: string | undefined) => (signature ? { google: { thought_signature: signature } } : null)
  const said = parts.findLast((part) => part.thoughtSignature && !part.thought && !part.functionCall && comesBack(part))
  return [signed(said?.thoughtSignature), ...calls.map(({ signature }) => signed(signature))]
}

/** Places are those of the words, where the service tells them. */
function annotationsOf(all: readonly Candidate[], text: string): object[] {
  const { groundingChunks: chunks = [], groundingSupports: supports = [] } = Object.assign(
    {},
    ...all.map(({ groundingMetadata }) => groundingMetadata),
  ) as NonNullable<Candidate['groundingMetadata']>
  const bytes = Buffer.from(text)
  const unit = (at: number) => bytes.subarray(0, at).toString().length
  const sources = all.flatMap(({ citationMetadata }) => citationMetadata?.citations ?? [])
  const repeated = sources.flatMap(({ startIndex = 0, endIndex = 0, uri: url, title = '' }) => {
    const url_citation = { start_index: unit(startIndex), end_index: unit(endIndex), url, title }
    return url ? [{ type: 'url_citation', url_citation }] : []
  })
  const grounded = supports.flatMap(({ segment = {}, groundingChunkIndices: indices = [] }) => {
    const { startIndex = 0, endIndex = 0, text: words = '' } = segment
    const told = bytes.subarray(startIndex, endIndex).toString() === words
    const start_index = told ? unit(startIndex) : text.indexOf(words)
    return indices.flatMap((index) => {
      const { web, retrievedContext } = chunks[index] ?? {}
      const { uri, title } = web ?? retrievedContext ?? {}
      if (!uri) return []
      const url_citation = { start_index, end_index: start_index + words.length, url: uri, title: title ?? '' }
      return [{ type: 'url_citation', url_citation }]
    })
  })
  return [...grounded, ...repeated]
}

function logprobsOf(all: readonly Candidate[]): object[] {
  const one = ({ token = '', logProbability = 0 }: { token?: string; logProbability?: number }) => ({
    token,
    logprob: logProbability,
    bytes: [...Buffer.from(token)],
  })
  return all.flatMap(({ logprobsResult }) =>
    (logprobsResult?.chosenCandidates ?? []).map((chosen, i) => ({
      ...one(chosen),
      top_logprobs: (logprobsResult?.topCandidates?.[i]?.candidates ?? []).map(one),
    })),
  )
}

function finishOf(all: readonly Candidate[], calls: number): string {
  const reason: unknown = all.findLast(({ finishReason }) => finishReason)?.finishReason
  if (all.length === 0) return 'content_filter'
  if (reason === 'MAX_TOKENS' || reason === 2) return 'length'
  const filtered = /SAFETY|PROHIBITED|BLOCKLIST|SPII|RECITATION|LANGUAGE|ARMOR/.test(String(reason))
  return filtered ? 'content_filter' : calls > 0 ? 'tool_calls' : 'stop'
}

const TIERS = new Map([
  ['standard', 'default'],
  ['STANDARD', 'default'],
  ['ON_DEMAND', 'default'],
])

/** As far as it is told when the answer begins. */
function tierOf(chunks: readonly GenerateContentResponse[]): string | null {
  const first = chunks.findIndex(({ candidates, promptFeedback }) => candidates?.[0]?.content?.parts ?? promptFeedback)
  const told = Object.assign({}, ...chunks.slice(0, first + 1).map(({ usageMetadata }) => usageMetadata)) as Usage
  return TIERS.get(told.serviceTier ?? '') ?? TIERS.get(told.trafficType ?? '') ?? null
}

function usageOf(usage: Usage): Record<string, number> {
  const audio = (details: Usage['promptTokensDetails'] = []) =>
    details.reduce((sum, { modality, tokenCount = 0 }) => sum + (modality === 'AUDIO' ? tokenCount : 0), 0)
  const prompt_tokens = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0)
  const completion_tokens = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0)
  const heard = audio(usage.promptTokensDetails)
  const spoken = audio(usage.candidatesTokensDetails)
  const total_tokens = usage.totalTokenCount ?? prompt_tokens + completion_tokens
  if (usage.promptTokenCount === undefined && usage.totalTokenCount === undefined) {
    return { prompt_tokens, completion_tokens, total_tokens }
  }
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    'prompt_tokens_details.cached_tokens': usage.cachedContentTokenCount ?? 0,
    ...(heard > 0 && { 'prompt_tokens_details.audio_tokens': heard }),
    'completion_tokens_details.reasoning_tokens': usage.thoughtsTokenCount ?? 0,
    ...(spoken > 0 && { 'completion_tokens_details.audio_tokens': spoken }),
  }
}

const ERRORS = new Map<number, Pick<Failure, 'type' | 'code'>>([
  [400, { type: 'invalid_request_error', code: null }],
  [403, { type: 'invalid_request_error', code: 'insufficient_permissions' }],
  [404, { type: 'invalid_request_error', code: 'model_not_found' }],
  [429, { type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
  [500, { type: 'server_error', code: null }],
  [503, { type: 'server_error', code: 'overloaded' }],
])

function failureOf({ refused, chunks }: ClientOutcome, streamed: boolean): Failure {
  const { status = 500, error = {} } = refused ?? {}
  const text = chunks.map((chunk) => chunk.candidates?.[0]?.content?.parts?.[0]?.text ?? '').join('')
  const told = ERRORS.get(status) ?? { type: 'server_error', code: undefined }
  // What is said of the operator's credential is said in our own words.
  const message = status === 401 || status === 403 ? undefined : String(error.message)
  return { ...told, status: streamed && text !== '' ? undefined : status, message, text }
}
