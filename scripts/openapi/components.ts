// The schemas of the document: ours (zod, in schemas/), as JSON Schema. https://spec.openapis.org/oas/v3.1.1#schema-object
import * as z from 'zod/mini'
import * as answers from '../../schemas/answers.ts'
import { createRequest, rotateRequest } from '../../schemas/binding.ts'
import { chatRequest } from '../../schemas/chat.ts'
import { clientTokenRequest } from '../../schemas/client-tokens.ts'
import { completionRequest } from '../../schemas/completions.ts'
import * as dialects from '../../schemas/dialect-answers.ts'
import { embeddingsRequest } from '../../schemas/embeddings.ts'
import { imagesRequest } from '../../schemas/images.ts'
import { knownLimits } from '../../schemas/limits.ts'
import { countRequest, messagesRequest } from '../../schemas/messages.ts'
import { moderationsRequest } from '../../schemas/moderations.ts'
import { rerankRequest } from '../../schemas/rerank.ts'
import { responsesRequest } from '../../schemas/responses.ts'
import { selfTest } from '../../schemas/selftest.ts'
import { speechRequest } from '../../schemas/speech.ts'
import * as tasks from '../../schemas/task-answers.ts'
import { FORM_FIELDS } from '../../src/hub/hearing.ts'

const text = z.string()

/** Fields of a form are texts; those of lists may stand several times, with `[]` behind the name. */
const hearingForm = z.looseObject({
  file: text,
  model: text,
  ...Object.fromEntries(FORM_FIELDS.map((field) => [field, z.exactOptional(text)])),
})

const ZOD = {
  ChatRequest: chatRequest,
  ChatCompletion: answers.chatCompletion,
  ChatChunk: answers.chatChunk,
  CompletionRequest: completionRequest,
  Completion: answers.completion,
  CompletionChunk: answers.completionChunk,
  MessagesRequest: messagesRequest,
  Message: dialects.messageAnswer,
  MessageEvent: dialects.messageEvent,
  MessagesError: dialects.messagesError,
  CountRequest: countRequest,
  TokenCount: dialects.tokenCount,
  ResponsesRequest: responsesRequest,
  Response: dialects.responseAnswer,
  ResponseEvent: dialects.responseEvent,
  InputItems: dialects.inputItems,
  DeletedResponse: dialects.deletedResponse,
  EmbeddingsRequest: embeddingsRequest,
  EmbeddingList: tasks.embeddingList,
  RerankRequest: rerankRequest,
  Ranking: tasks.ranking,
  ModerationsRequest: moderationsRequest,
  Moderation: tasks.moderation,
  ImagesRequest: imagesRequest,
  ImageList: tasks.imageList,
  SpeechRequest: speechRequest,
  HearingForm: hearingForm,
  Transcript: tasks.transcript,
  Translation: answers.translation,
  ClientTokenRequest: clientTokenRequest,
  ClientToken: answers.clientToken,
  KnownLimits: knownLimits,
  Model: answers.model,
  ModelList: answers.modelList,
  Loss: answers.loss,
  Report: answers.report,
  Usage: answers.usage,
  Error: answers.errorAnswer,
  CreateKey: createRequest,
  RotateKey: rotateRequest,
  NewKey: answers.newKey,
  ShownKey: answers.shownKey,
  KeyList: answers.keyList,
  DeletedKey: answers.deletedKey,
  SelfTest: selfTest,
  Health: answers.health,
}

export type SchemaName = keyof typeof ZOD

export const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

/** An item of Responses may leave out its type: what stands before its schema then says that it is a message. */
const MESSAGE = {
  type: 'object' as const,
  description: 'A message that leaves out its type.',
  properties: { role: { enum: ['user', 'assistant', 'system', 'developer'] }, content: {} },
  required: ['role', 'content'],
}

/** By name, each free of the others: what has a name of its own is referred to. */
export function schemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(ZOD)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    // A part, message or tool of a kind that OpenAI does not have: the provider knows it, or refuses it.
    unrepresentable: () => ({ type: 'object', properties: { type: { type: 'string' } }, required: ['type'] }),
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'pipe') jsonSchema.anyOf = [...(jsonSchema.anyOf ?? []), MESSAGE]
    },
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  )
}
