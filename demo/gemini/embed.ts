// Embeddings of many texts at once. https://ai.google.dev/api/embeddings
import { vectorOf } from '../vectors.ts'
import { Refusal, refuse } from './refusal.ts'
import { integer, list, message, oneOf, string } from './shape.ts'

const MODELS: Readonly<Record<string, number>> = { 'gemini-embedding-001': 3072, 'gemini-embedding-2': 3072 }
const TASKS = [
  ...['SEMANTIC_SIMILARITY', 'CLASSIFICATION', 'CLUSTERING', 'RETRIEVAL_DOCUMENT', 'RETRIEVAL_QUERY'],
  ...['QUESTION_ANSWERING', 'FACT_VERIFICATION', 'CODE_RETRIEVAL_QUERY'],
]

const BODY = message({
  requests: list(
    message({
      model: string,
      content: message({ parts: list(message({ text: string })), role: string }),
      taskType: oneOf(...TASKS),
      title: string,
      outputDimensionality: integer(1, 3072),
    }),
  ),
})

interface Body {
  readonly requests?: readonly {
    readonly model?: string
    readonly content?: { readonly parts?: readonly { readonly text?: string }[] }
    readonly taskType?: string
    readonly title?: string
    readonly outputDimensionality?: number
  }[]
}

export interface Embedding {
  readonly text: string
  readonly answer: Record<string, unknown>
}

/** The answer to a request that is well formed, and all that was said in it. */
export function embed(name: string, given: unknown): Embedding {
  const size = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined
  if (size === undefined)
    throw new Refusal(`models/${name} is not found for API version v1beta, or is not supported for embedContent.`, 404)
  const { requests = [] } = BODY(given, '') as Body
  if (requests.length === 0) refuse('requests', 'must not be empty')
  if (requests.length > 100) refuse('requests', 'at most 100 requests can be in one batch')
  const texts = requests.map(({ model, content, taskType, title }, i) => {
    if (model !== `models/${name}`) refuse(`requests[${i}].model`, 'must be the model of the batch')
    if (title !== undefined && taskType !== 'RETRIEVAL_DOCUMENT') refuse(`requests[${i}].title`, 'only for documents')
    const text = (content?.parts ?? []).map(({ text }) => text ?? '').join('')
    if (text === '') refuse(`requests[${i}].content`, 'contents is not specified')
    return text
  })
  const embeddings = texts.map((text, i) => {
    const wanted = requests[i]?.outputDimensionality
    const values = vectorOf(text, size).slice(0, wanted)
    // Shorter ones are not of length 1 with the first model.
    const length = name === 'gemini-embedding-001' ? 1 : Math.hypot(...values)
    return { values: values.map((one) => one / length) }
  })
  return { text: texts.join('\n'), answer: { embeddings } }
}
