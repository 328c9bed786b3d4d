// What the demo answers: made of the request itself, so that a test can say beforehand what it will be.
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { firstTokens, tokensOf } from '../tokens.ts'
import type { Checked } from './check.ts'
import { resultsIn } from './conversation.ts'
import { declarationsOf, ownTools } from './rules.ts'
import type { Fields } from './shape.ts'
import type { Body, Content, Part } from './wire.ts'

/** An answer, before anybody cuts it into chunks. */
export interface Answer {
  readonly id: string
  readonly model: string
  readonly parts: readonly Part[]
  readonly finishReason: string
  /** What stands beside the content: grounding, log probabilities. */
  readonly beside: Fields
  readonly candidates: number
  readonly usage: Fields
}

const textOf = (content: Content | undefined): string =>
  (content?.parts ?? []).flatMap(({ text, thought }) => (text !== undefined && !thought ? [text] : [])).join('\n')

/** The last thing the user said, results of tools aside. */
export const lastUserText = ({ contents = [] }: Body): string =>
  textOf(contents.findLast((content) => content.role === 'user' && textOf(content) !== ''))

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** The calls of an answer: none, if it is better given in words. */
function callsOf({ body, model }: Checked, directives: Directives, sequence: number): readonly Part[] {
  const { mode = 'AUTO', allowedFunctionNames: allowed } = body.toolConfig?.functionCallingConfig ?? {}
  const all = declarationsOf(body).filter(({ name = '' }) => allowed?.includes(name) ?? true)
  const text = lastUserText(body)
  const named = all.filter(({ name }) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))
  const first = all.find(({ name }) => name === directives.value('tool')) ?? named[0] ?? all[0]
  if (mode === 'NONE' || !first) return []
  const answered = resultsIn(body.contents?.at(-1) ?? {}).length > 0
  let chosen = answered ? [] : named
  if (directives.has('parallel')) chosen = all.length > 1 ? [...all] : [first, first]
  else if (mode === 'ANY' || directives.has('tool')) chosen = [first]
  return chosen.map(({ name, parameters, parametersJsonSchema }, i) => ({
    functionCall: {
      ...(model.third && { id: `call${sequence}x${i}` }),
      name: name ?? '',
      args: Object(sampleOf(parametersJsonSchema ?? parameters ?? { type: 'object' })),
    },
    // Of parallel calls only the first is signed.
    ...(model.third && i === 0 && { thoughtSignature: base64(`signature of ${name}`) }),
  }))
}

/** Everything worth saying about the last turn. */
function said(body: Body): string {
  const last = body.contents?.at(-1)
  const heard = resultsIn(last ?? {}).map(({ name, response }) => `${name} answered: ${JSON.stringify(response)}.`)
  const text = withoutDirectives(lastUserText(body))
  const media = (last?.parts ?? []).flatMap(
    ({ inlineData, fileData }) => inlineData?.mimeType ?? fileData?.mimeType ?? [],
  )
  const sentences = [
    ...heard,
    ...(text === '' ? [] : [`You said: "${text}"`]),
    ...(media.length === 0 ? [] : [`I see ${media.join(' and ')}.`]),
  ]
  return sentences.join(' ') || 'You said nothing.'
}

function spoken({ body }: Checked, directives: Directives): string {
  if (directives.has('echo')) return JSON.stringify(body)
  if (directives.has('words')) {
    return Array.from({ length: directives.number('words', 100) }, (_, i) => `word${i + 1}`).join(' ')
  }
  const { responseMimeType: type, responseSchema, responseJsonSchema } = body.generationConfig ?? {}
  const schema = responseJsonSchema ?? responseSchema
  if (schema) return JSON.stringify(sampleOf(lowered(schema)))
  const asked = type === 'application/json' || /valid JSON object/.test(textOf(body.systemInstruction))
  return asked ? JSON.stringify({ answer: said(body) }) : said(body)
}

/** The older form's types may be written in capitals. */
function lowered(schema: Fields): Fields {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'type' ? String(value).toLowerCase() : value,
  )
}

const THOUGHT = '**Reading**\n\nThe user wants an answer. I repeat what was said.'

function grounding(text: string): Fields {
  return {
    groundingMetadata: {
      webSearchQueries: ['demo'],
      groundingChunks: [{ web: { uri: 'https://example.com/source', title: 'example.com' } }],
      groundingSupports: [
        { segment: { endIndex: Buffer.byteLength(text), text }, groundingChunkIndices: [0], confidenceScores: [0.9] },
      ],
    },
  }
}

function logprobs(text: string, count: number): Fields {
  const tokens = (text.match(/\s*\S+/g) ?? []).map((token, i) => ({ token, tokenId: i + 1, logProbability: -0.5 }))
  return {
    logprobsResult: {
      chosenCandidates: tokens,
      topCandidates: tokens.map((token) => ({ candidates: Array.from({ length: count }, () => token) })),
    },
  }
}

/** The answer to a checked request. */
export function answer(request: Checked, directives: Directives, sequence: number): Answer {
  const { body, model } = request
  const { generationConfig: config = {} } = body
  const calls = callsOf(request, directives, sequence)
  const limit = config.maxOutputTokens ?? 65_536
  const full =
    calls.length > 0 || directives.has('empty')
      ? ''
      : untilStop(spoken(request, directives), config.stopSequences ?? [])
  const thought = config.thinkingConfig?.includeThoughts ? THOUGHT : ''
  const thinking = model.thinking === 'none' || config.thinkingConfig?.thinkingBudget === 0 ? 0 : tokensOf(THOUGHT)
  const text = firstTokens(full, Math.max(0, limit - thinking))
  const refused = directives.has('refusal')
  const parts: Part[] = [
    ...(thought ? [{ text: thought, thought: true }] : []),
    ...(text && !refused ? [{ text }] : []),
    ...(refused ? [] : calls),
    // A text is signed on an empty part at its end.
    ...(model.third && text && !refused ? [{ text: '', thoughtSignature: base64('signature of a text') }] : []),
  ]
  const candidates = config.candidateCount ?? 1
  const counts = {
    promptTokenCount: tokensOf([body.contents, body.systemInstruction, body.tools]),
    candidatesTokenCount: candidates * tokensOf(calls.length > 0 ? calls : text),
    thoughtsTokenCount: thinking,
  }
  const searches = directives.has('cite') || (ownTools(body).includes('googleSearch') && text !== '')
  return {
    id: `demo${sequence}`,
    model: model.id,
    parts,
    finishReason: refused ? 'SAFETY' : text.length < full.length ? 'MAX_TOKENS' : 'STOP',
    beside: { ...(searches && grounding(text)), ...(config.responseLogprobs && logprobs(text, config.logprobs ?? 1)) },
    candidates,
    usage: { ...withoutZeros(counts), totalTokenCount: Object.values(counts).reduce((sum, count) => sum + count, 0) },
  }
}

function untilStop(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
  return places.length === 0 ? text : text.slice(0, Math.min(...places))
}

/** Proto3 JSON leaves out what is zero. */
function withoutZeros(counts: Readonly<Record<string, number>>): Fields {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}
