// An answer as far as it has the shape of one: behind this, every member that is read is what its type says.
import type { GenerateAnswer } from './wire.ts'

/** May be anything. */
const ANY = Symbol('any')

/** What stands for its own kind: a text for texts, a list for lists of what is in it. */
type Like = string | number | boolean | typeof ANY | readonly [Like] | { readonly [name: string]: Like }

const NAMED: Like = { mimeType: '', data: '', fileUri: '' }
const SOURCE: Like = { startIndex: 0, endIndex: 0, uri: '', title: '' }
// What has no probability at all is told as a text.
const TOKEN: Like = { token: '', logProbability: ANY }
const COUNTS: Like = [{ modality: '', tokenCount: 0 }]

const CHUNK: Like = {
  candidates: [
    {
      index: 0,
      content: {
        parts: [
          {
            text: '',
            thought: true,
            thoughtSignature: '',
            inlineData: NAMED,
            fileData: NAMED,
            functionCall: {
              id: '',
              name: '',
              args: ANY,
              willContinue: true,
              partialArgs: [{ jsonPath: '', stringValue: '', numberValue: 0, boolValue: true }],
            },
          },
        ],
      },
      finishReason: ANY,
      finishMessage: '',
      groundingMetadata: {
        groundingChunks: [ANY],
        groundingSupports: [
          { segment: { partIndex: 0, startIndex: 0, endIndex: 0, text: '' }, groundingChunkIndices: [0] },
        ],
      },
      citationMetadata: { citationSources: [SOURCE], citations: [SOURCE] },
      logprobsResult: { chosenCandidates: [TOKEN], topCandidates: [{ candidates: [TOKEN] }] },
    },
  ],
  promptFeedback: { blockReason: '' },
  usageMetadata: {
    promptTokenCount: 0,
    cachedContentTokenCount: 0,
    toolUsePromptTokenCount: 0,
    candidatesTokenCount: 0,
    thoughtsTokenCount: 0,
    totalTokenCount: 0,
    promptTokensDetails: COUNTS,
    candidatesTokensDetails: COUNTS,
    serviceTier: '',
    trafficType: '',
  },
  modelVersion: '',
  responseId: '',
}

/** The chunks of an event, or of a whole body: one, or an array of them. Of what is none nothing is read. */
export function chunksOf(value: unknown): GenerateAnswer[] {
  // What fits the shape is what the types say: they are written side by side.
  return [value].flat().flatMap((one: unknown) => (isObject(one) ? [fitted(one, CHUNK) as GenerateAnswer] : []))
}

/** The value without what does not fit. It is changed in place: it was parsed for nobody else. */
function fitted(value: unknown, like: Like): unknown {
  if (like === ANY) return value
  if (typeof like !== 'object') return typeof value === typeof like ? value : undefined
  if (isList(like)) {
    if (!Array.isArray(value)) return undefined
    const [item] = like
    // Lists point into each other by place, so that no item may be left out.
    value.forEach((one: unknown, i) => {
      if (fitted(one, item) === undefined && typeof item === 'object') value[i] = {}
    })
    return value
  }
  if (!isObject(value)) return undefined
  for (const name of Object.keys(value)) {
    const wanted = Object.hasOwn(like, name) ? like[name] : undefined
    // What is not there must not stand in the place of what was there before.
    if (wanted !== undefined && fitted(value[name], wanted) === undefined) delete value[name]
  }
  return value
}

function isList(like: Like): like is readonly [Like] {
  return Array.isArray(like)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
