// What our schemas promise, beside the types of the official clients, which OpenAI and Anthropic make from the OpenAPI
// documents that they publish: every field that a client can send has a name here and takes what is sent, and every answer
// is one that the client reads. Exceptions are named.
import type Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import type * as z from 'zod/mini'
import type { chatChunk, chatCompletion, clientToken, completion, model, usage } from '../../schemas/answers.ts'
import type { ChatFields } from '../../schemas/chat.ts'
import type { ClientTokenAnswer } from '../../schemas/client-tokens.ts'
import type { CompletionFields } from '../../schemas/completions.ts'
import type { EmbeddingFields } from '../../schemas/embeddings.ts'
import type { ImageFields } from '../../schemas/images.ts'
import type { MessagesFields } from '../../schemas/messages.ts'
import type { ModerationFields } from '../../schemas/moderations.ts'
import type { ResponsesFields } from '../../schemas/responses.ts'
import type { SpeechFields } from '../../schemas/speech.ts'
import type { embeddingList, imageList } from '../../schemas/task-answers.ts'

/** Compiles where there is no such name. */
declare function none<_Names extends never>(): void
/** Compiles where all that may be sent is taken. */
declare function takes<Ours, _Theirs extends Ours>(): void

type Plain = string | number | boolean | null | undefined
/** The fields of a request that are texts, numbers or flags: of the others the shapes are looser here. */
type PlainFields<T> = { [K in keyof T as NonNullable<T[K]> extends Plain ? K : never]: T[K] }
/** As much of ours as stands beside theirs; a text that we leave to the provider may be any of theirs. */
type Beside<Ours, Theirs> = { [K in keyof Theirs]?: K extends keyof Ours ? Ours[K] | undefined : never }

type Chat = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming
none<Exclude<keyof Chat, keyof ChatFields>>()
takes<Beside<ChatFields, PlainFields<Chat>>, Omit<PlainFields<Chat>, 'model'> & { model: string }>()

type Text = OpenAI.CompletionCreateParamsNonStreaming
none<Exclude<keyof Text, keyof CompletionFields>>()
takes<Beside<CompletionFields, PlainFields<Text>>, Omit<PlainFields<Text>, 'model'> & { model: string }>()

type Embeddings = OpenAI.EmbeddingCreateParams
none<Exclude<keyof Embeddings, keyof EmbeddingFields>>()
takes<Beside<EmbeddingFields, PlainFields<Embeddings>>, PlainFields<Embeddings>>()

type Images = OpenAI.Images.ImageGenerateParamsNonStreaming
/** What no table of ours names yet: a field like any other that nobody here knows. */
type Unnamed = 'complexity' | 'frame_count' | 'frame_duration_ms' | 'safety_identifier' | 'svg'
none<Exclude<keyof Images, keyof ImageFields | Unnamed>>()

type Speech = OpenAI.Audio.SpeechCreateParams
none<Exclude<keyof Speech, keyof SpeechFields>>()
takes<Beside<SpeechFields, PlainFields<Speech>>, PlainFields<Speech>>()

none<Exclude<keyof OpenAI.ModerationCreateParams, keyof ModerationFields>>()

// Answers, the other way round: the client reads what we say, with no field missing and none of another type.
// A tier may be another service's; a fingerprint is null where nobody says one, as in OpenAI's own answers.
type Read<T> = Omit<T, 'service_tier' | 'system_fingerprint'>
takes<Read<OpenAI.Chat.Completions.ChatCompletion>, z.infer<typeof chatCompletion>>()
takes<Read<OpenAI.Chat.Completions.ChatCompletionChunk>, z.infer<typeof chatChunk>>()
takes<OpenAI.CompletionUsage, z.infer<typeof usage>>()
type Completion = z.infer<typeof completion>
takes<Pick<OpenAI.Completion, 'id' | 'object' | 'created' | 'model'>, Completion>()
// The first token of all has no probability, as in OpenAI's own answers.
takes<Omit<OpenAI.CompletionChoice, 'logprobs'>, Completion['choices'][number]>()
takes<OpenAI.Model, z.infer<typeof model>>()
takes<OpenAI.ImagesResponse, z.infer<typeof imageList>>()
takes<Omit<OpenAI.CreateEmbeddingResponse, 'data'>, Pick<z.infer<typeof embeddingList>, 'model' | 'object' | 'usage'>>()

type Responses = OpenAI.Responses.ResponseCreateParamsNonStreaming
none<Exclude<keyof Responses, keyof ResponsesFields | 'access_programs' | 'image'>>()
takes<Beside<ResponsesFields, PlainFields<Responses>>, Omit<PlainFields<Responses>, 'model'> & { model: string }>()

type Messages = Anthropic.MessageCreateParamsNonStreaming
type UnnamedHere = 'user_profile_id' | 'workspace_id'
type Named = Omit<PlainFields<Messages>, UnnamedHere>
none<Exclude<keyof Messages, keyof MessagesFields | UnnamedHere>>()
takes<Beside<MessagesFields, Named>, Omit<Named, 'model'> & { model: string }>()

// What the Worker types by hand is what the description says.
takes<ClientTokenAnswer, z.infer<typeof clientToken>>()
takes<z.infer<typeof clientToken>, ClientTokenAnswer>()
