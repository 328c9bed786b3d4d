// What the gateway answers, for those who read it: the source of the answers in schemas/openapi.json. Objects are loose:
// where the provider speaks the same format its bytes pass unchanged, and it may say more.
import * as z from 'zod/mini'

const text = z.string()
const count = z.int().check(z.gte(0))
const maybe = z.exactOptional
const seconds = z.int()

const error = z.object({ message: text, type: text, param: z.nullable(text), code: z.nullable(text) })
/** Every error of every endpoint but those of Anthropic's dialect. All four keys are there. */
export const errorAnswer = z.object({ error })

/** What became of one field: `sent` is the value that went upstream, where it is another. */
export const loss = z.object({
  path: text,
  kind: z.enum(['clamped', 'emulated', 'dropped', 'rejected']),
  reason: text,
  sent: maybe(z.unknown()),
})
/** In the answer's body for `dragoman-report: ?1`, and on a stream's last chunk. */
export const report = z.object({ losses: z.array(loss) })

export const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: maybe(z.record(text, count)),
  completion_tokens_details: maybe(z.record(text, count)),
})

const finish = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])
const tokenLogprob = z.looseObject({
  token: text,
  logprob: z.number(),
  bytes: z.nullable(z.array(count)),
  top_logprobs: z.array(z.looseObject({ token: text, logprob: z.number(), bytes: z.nullable(z.array(count)) })),
})
const logprobs = z.looseObject({
  content: z.nullable(z.array(tokenLogprob)),
  refusal: z.nullable(z.array(tokenLogprob)),
})

const functionCall = z.looseObject({
  id: text,
  type: z.literal('function'),
  function: z.looseObject({ name: text, arguments: text }),
})
const customCall = z.looseObject({
  id: text,
  type: z.literal('custom'),
  custom: z.looseObject({ name: text, input: text }),
})
const annotation = z.looseObject({
  type: z.literal('url_citation'),
  url_citation: z.looseObject({ start_index: count, end_index: count, url: text, title: text }),
})
/** The form several services share: a thought's text, summary or ciphertext, with the signature to send back. */
const reasoningDetail = z.looseObject({ type: text, index: maybe(count), format: maybe(z.nullable(text)) })
const image = z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: text }) })

/** What a model may say beside its text, beyond OpenAI's own fields. */
const more = {
  reasoning_content: maybe(z.nullable(text)),
  reasoning_details: maybe(z.array(reasoningDetail)),
  images: maybe(z.array(image)),
}

export const chatCompletion = z.looseObject({
  id: text,
  object: z.literal('chat.completion'),
  created: seconds,
  model: text,
  choices: z.array(
    z.looseObject({
      index: count,
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.nullable(text),
        refusal: z.nullable(text),
        annotations: maybe(z.array(annotation)),
        tool_calls: maybe(z.array(z.discriminatedUnion('type', [functionCall, customCall]))),
        function_call: maybe(z.looseObject({ name: text, arguments: text })),
        ...more,
      }),
      logprobs: z.nullable(logprobs),
      finish_reason: finish,
    }),
  ),
  usage: maybe(usage),
  service_tier: maybe(z.nullable(text)),
  system_fingerprint: maybe(z.nullable(text)),
  dragoman: maybe(report),
})

const callDelta = z.looseObject({
  index: count,
  id: maybe(text),
  type: maybe(z.enum(['function', 'custom'])),
  function: maybe(z.looseObject({ name: maybe(text), arguments: maybe(text) })),
  custom: maybe(z.looseObject({ name: maybe(text), input: maybe(text) })),
})

/** One event of a stream of chat completions; the last is `[DONE]`. A failure is one event `{"error": …}` and the end. */
export const chatChunk = z.looseObject({
  id: text,
  object: z.literal('chat.completion.chunk'),
  created: seconds,
  model: text,
  choices: z.array(
    z.looseObject({
      index: count,
      delta: z.looseObject({
        role: maybe(z.literal('assistant')),
        content: maybe(z.nullable(text)),
        refusal: maybe(z.nullable(text)),
        annotations: maybe(z.array(annotation)),
        tool_calls: maybe(z.array(callDelta)),
        function_call: maybe(z.looseObject({ name: maybe(text), arguments: maybe(text) })),
        ...more,
      }),
      logprobs: maybe(z.nullable(logprobs)),
      finish_reason: z.nullable(finish),
    }),
  ),
  usage: maybe(z.nullable(usage)),
  service_tier: maybe(z.nullable(text)),
  system_fingerprint: maybe(z.nullable(text)),
  dragoman: maybe(report),
})

const completionFinish = z.enum(['stop', 'length', 'content_filter'])
const completionLike = <Finish extends z.ZodMiniType>(finish_reason: Finish) =>
  z.looseObject({
    id: text,
    object: z.literal('text_completion'),
    created: seconds,
    model: text,
    choices: z.array(
      z.looseObject({
        index: count,
        text,
        logprobs: z.nullable(
          z.looseObject({
            tokens: z.array(text),
            token_logprobs: z.array(z.nullable(z.number())),
            top_logprobs: z.nullable(z.array(z.nullable(z.record(text, z.number())))),
            text_offset: z.array(z.int()),
          }),
        ),
        finish_reason,
      }),
    ),
    usage: maybe(z.nullable(usage)),
    system_fingerprint: maybe(z.nullable(text)),
    dragoman: maybe(report),
  })
export const completion = completionLike(completionFinish)
/** One event of a stream of completions. */
export const completionChunk = completionLike(z.nullable(completionFinish))

/** An alias, or `slot/model`; what the provider tells of what it can do. */
export const model = z.looseObject({
  id: text,
  object: z.literal('model'),
  created: seconds,
  owned_by: text,
  display_name: maybe(text),
  context_length: maybe(count),
  max_output_tokens: maybe(count),
  input_modalities: maybe(z.array(text)),
  output_modalities: maybe(z.array(text)),
  features: maybe(z.array(text)),
})
export const modelList = z.object({ object: z.literal('list'), data: z.array(model) })

const outgoing = z.looseObject({ method: text, url: text, headers: z.record(text, text), body: z.unknown() })
/** What would be sent, with credentials masked; `targets` where the model stands for a list of them. */
export const translation = z.object({
  object: z.literal('translation'),
  endpoint: text,
  route: text,
  requests: z.array(outgoing),
  losses: z.array(loss),
  targets: maybe(
    z.array(
      z.union([
        z.object({ route: text, requests: z.array(outgoing), losses: z.array(loss) }),
        z.object({ route: text, error }),
      ]),
    ),
  ),
})

/** A token that a page can be given instead of a key; `dgt_…`. */
export const clientToken = z.object({ token: text, expires_at: z.iso.datetime() })

/** A key as an administrator sees it: all that was sent but no credential. */
const keyFields = {
  id: text,
  name: z.nullable(text),
  status: z.enum(['active', 'expired', 'revoked']),
  providers: z.record(text, z.looseObject({ provider: text })),
  created_at: z.iso.datetime(),
  updated_at: maybe(z.iso.datetime()),
  /** Until when a key from before the last rotation still works. */
  grace_until: maybe(z.iso.datetime()),
  /** The versions of SEAL_KEYS that are needed still. */
  ring: z.object({ key: z.array(z.int()), credentials: z.array(z.int()) }),
}
export const shownKey = z.looseObject(keyFields)
/** The only answer that holds the key. */
export const newKey = z.looseObject({ key: text, ...keyFields })
export const keyList = z.object({ data: z.array(shownKey), has_more: z.boolean() })
export const deletedKey = z.object({ id: text, deleted: z.literal(true) })

export const health = z.object({ status: z.literal('ok') })
