// What every route takes and gives. Routes are those of src/app.ts: one without an operation here, or an operation
// without a route, fails a test.
import type { SchemaName } from './components.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

export interface Operation {
  readonly id: string
  readonly tag: 'Conversations' | 'Tasks' | 'Gateway' | 'Administration' | 'Open to all'
  readonly summary: string
  readonly description?: string
  /** A JSON body; `form` is one of multipart/form-data. */
  readonly body?: { readonly schema: SchemaName; readonly form?: true; readonly optional?: true }
  readonly query?: Readonly<Record<string, { readonly type: string; readonly description: string }>>
  /** Errors have the form of Anthropic's dialect, and 529 is what 503 is elsewhere. */
  readonly anthropic?: true
  /** The status of a good answer, and what it holds, by media type. */
  readonly status?: number
  readonly answer: Readonly<Record<string, SchemaName | 'bytes' | 'text'>>
  /** It goes upstream: losses, windows and the provider's failures are told. */
  readonly upstream?: true
}

const json = (name: SchemaName) => ({ 'application/json': name })
const STREAM = 'text/event-stream'

const hearing = (id: string, summary: string): Operation => ({
  id,
  tag: 'Tasks',
  summary,
  description: 'The file goes on while it comes in, where `model` stands before it. Up to 100 MB.',
  body: { schema: 'HearingForm', form: true },
  answer: { ...json('Transcript'), 'text/plain': 'text', [STREAM]: 'text' },
  upstream: true,
})

/** By path, then by method. */
export const OPERATIONS: Readonly<Record<string, { readonly [M in Method]?: Operation }>> = {
  '/v1/chat/completions': {
    post: {
      id: 'createChatCompletion',
      tag: 'Conversations',
      summary: 'Answers a conversation, in OpenAI’s chat dialect.',
      description:
        'Every field is kept, changed or refused by the provider’s table (`/compat.json`); the last two are told in `dragoman-loss`. With `stream` the answer is events, of which each `data` is a ChatChunk, and the last `[DONE]`.',
      body: { schema: 'ChatRequest' },
      answer: { ...json('ChatCompletion'), [STREAM]: 'ChatChunk' },
      upstream: true,
    },
  },
  '/v1/completions': {
    post: {
      id: 'createCompletion',
      tag: 'Conversations',
      summary: 'Goes on from a prompt, in OpenAI’s older dialect.',
      body: { schema: 'CompletionRequest' },
      answer: { ...json('Completion'), [STREAM]: 'CompletionChunk' },
      upstream: true,
    },
  },
  '/v1/messages': {
    post: {
      id: 'createMessage',
      tag: 'Conversations',
      summary: 'Answers a conversation, in Anthropic’s dialect.',
      description: 'With `stream` the answer is events, of which each `data` is a MessageEvent.',
      body: { schema: 'MessagesRequest' },
      answer: { ...json('Message'), [STREAM]: 'MessageEvent' },
      upstream: true,
      anthropic: true,
    },
  },
  '/v1/messages/count_tokens': {
    post: {
      id: 'countTokens',
      tag: 'Conversations',
      summary: 'How many tokens a prompt has, as its provider counts, or estimated where it does not.',
      body: { schema: 'CountRequest' },
      answer: json('TokenCount'),
      upstream: true,
      anthropic: true,
    },
  },
  '/v1/responses': {
    post: {
      id: 'createResponse',
      tag: 'Conversations',
      summary: 'Answers a conversation, in OpenAI’s Responses dialect.',
      description: 'With `stream` the answer is events, of which each `data` is a ResponseEvent.',
      body: { schema: 'ResponsesRequest' },
      answer: { ...json('Response'), [STREAM]: 'ResponseEvent' },
      upstream: true,
    },
  },
  '/v1/responses/{id}': {
    get: {
      id: 'showResponse',
      tag: 'Conversations',
      summary: 'A response that was stored, whole or told again as a stream.',
      query: {
        stream: { type: 'boolean', description: 'Tells it again as a stream.' },
        starting_after: { type: 'integer', description: 'The number of the event after which that begins.' },
        include: { type: 'string', description: '`reasoning.encrypted_content`: with the thoughts’ ciphertext.' },
      },
      answer: { ...json('Response'), [STREAM]: 'ResponseEvent' },
    },
    delete: {
      id: 'deleteResponse',
      tag: 'Conversations',
      summary: 'Deletes a response that was stored.',
      answer: json('DeletedResponse'),
    },
  },
  '/v1/responses/{id}/input_items': {
    get: {
      id: 'listInputItems',
      tag: 'Conversations',
      summary: 'What was sent with a stored response, page by page.',
      query: {
        limit: { type: 'integer', description: '1 to 100; 20 unless said.' },
        order: { type: 'string', description: '`asc` or `desc`, which is the order unless said.' },
        after: { type: 'string', description: 'The id of the last item of the page before.' },
      },
      answer: json('InputItems'),
    },
  },
  '/v1/responses/{id}/cancel': {
    post: {
      id: 'cancelResponse',
      tag: 'Conversations',
      summary: 'Ends a response that its provider makes in the background.',
      answer: json('Response'),
    },
  },
  '/v1/embeddings': {
    post: {
      id: 'createEmbeddings',
      tag: 'Tasks',
      summary: 'Vectors of texts.',
      body: { schema: 'EmbeddingsRequest' },
      answer: json('EmbeddingList'),
      upstream: true,
    },
  },
  '/v1/rerank': {
    post: {
      id: 'rerank',
      tag: 'Tasks',
      summary: 'Documents in the order in which they answer a query.',
      body: { schema: 'RerankRequest' },
      answer: json('Ranking'),
      upstream: true,
    },
  },
  '/v1/moderations': {
    post: {
      id: 'createModeration',
      tag: 'Tasks',
      summary: 'Whether texts or images are harmful.',
      body: { schema: 'ModerationsRequest' },
      answer: json('Moderation'),
      upstream: true,
    },
  },
  '/v1/images/generations': {
    post: {
      id: 'createImage',
      tag: 'Tasks',
      summary: 'Images of a prompt.',
      body: { schema: 'ImagesRequest' },
      answer: { ...json('ImageList'), [STREAM]: 'text' },
      upstream: true,
    },
  },
  '/v1/audio/speech': {
    post: {
      id: 'createSpeech',
      tag: 'Tasks',
      summary: 'A text, spoken.',
      body: { schema: 'SpeechRequest' },
      answer: { 'audio/*': 'bytes', [STREAM]: 'text' },
      upstream: true,
    },
  },
  '/v1/audio/transcriptions': { post: hearing('createTranscription', 'What is said in a recording.') },
  '/v1/audio/translations': { post: hearing('createTranslation', 'What is said in a recording, in English.') },
  '/v1/translate': {
    post: {
      id: 'translate',
      tag: 'Gateway',
      summary:
        'What would be sent for a request, and what would be lost. It calls nobody, and counts against no limit.',
      description:
        'The body is that of the endpoint which the query names, or `{"endpoint", "body"}` around it. Credentials are masked.',
      query: {
        endpoint: { type: 'string', description: 'A path that goes upstream; `/v1/chat/completions` unless said.' },
      },
      body: { schema: 'ChatRequest' },
      answer: json('Translation'),
    },
  },
  '/v1/client_tokens': {
    post: {
      id: 'createClientToken',
      tag: 'Gateway',
      summary: 'A token for a page, for an hour at most and never wider than its key. A token mints none.',
      body: { schema: 'ClientTokenRequest' },
      answer: json('ClientToken'),
    },
  },
  '/v1/limits': {
    get: {
      id: 'showLimits',
      tag: 'Gateway',
      summary:
        'The windows that are known for this key and its accounts. It calls nobody, and counts against no limit.',
      answer: json('KnownLimits'),
    },
  },
  '/v1/models': {
    get: {
      id: 'listModels',
      tag: 'Gateway',
      summary: 'The models that this key may name: aliases, then each slot’s as `slot/model`.',
      answer: json('ModelList'),
    },
  },
  '/v1/models/{id}': {
    get: { id: 'showModel', tag: 'Gateway', summary: 'One model. Its name may hold slashes.', answer: json('Model') },
  },
  '/admin/keys': {
    post: {
      id: 'createKey',
      tag: 'Administration',
      summary: 'Makes a key. This answer is the only one that holds it.',
      body: { schema: 'CreateKey' },
      status: 201,
      answer: json('NewKey'),
    },
    get: {
      id: 'listKeys',
      tag: 'Administration',
      summary: 'Keys, oldest first.',
      query: {
        limit: { type: 'integer', description: '1 to 100; 20 unless said.' },
        after: { type: 'string', description: 'The id of the last key of the page before.' },
      },
      answer: json('KeyList'),
    },
  },
  '/admin/keys/{id}': {
    get: {
      id: 'showKey',
      tag: 'Administration',
      summary: 'One key, without its credentials.',
      answer: json('ShownKey'),
    },
    patch: {
      id: 'updateKey',
      tag: 'Administration',
      summary: 'Changes a key: a JSON merge (RFC 7396) of what was sent to make it.',
      body: { schema: 'CreateKey' },
      answer: json('ShownKey'),
    },
    delete: { id: 'revokeKey', tag: 'Administration', summary: 'Revokes a key for good.', answer: json('DeletedKey') },
  },
  '/admin/keys/{id}/rotate': {
    post: {
      id: 'rotateKey',
      tag: 'Administration',
      summary: 'Gives a key a new secret. The old one goes on for `grace_seconds`.',
      body: { schema: 'RotateKey', optional: true },
      status: 201,
      answer: json('NewKey'),
    },
  },
  '/admin/selftest': {
    get: {
      id: 'selfTest',
      tag: 'Administration',
      summary:
        'Whether this Worker does what it is for. It calls no provider. 500 with the same report, if a check failed.',
      query: { only: { type: 'string', description: 'One provider’s name, or `own` for what is no provider’s.' } },
      answer: json('SelfTest'),
    },
  },
  '/': {
    get: {
      id: 'page',
      tag: 'Open to all',
      summary: 'Playground and compatibility tables.',
      answer: { 'text/html': 'text' },
    },
  },
  '/compat.json': {
    get: {
      id: 'compat',
      tag: 'Open to all',
      summary: 'What every provider does with every field: schemas/compat.ts.',
      answer: { 'application/json': 'text' },
    },
  },
  '/openapi.json': {
    get: { id: 'openapi', tag: 'Open to all', summary: 'This document.', answer: { 'application/json': 'text' } },
  },
  '/healthz': { get: { id: 'health', tag: 'Open to all', summary: 'Whether it runs.', answer: json('Health') } },
}
