// A provider out of its differences from OpenAI.
import { at } from '../../hub/json.ts'
import { abilities, flagsIn } from '../../hub/models.ts'
import type { Account, Conversant, ModelPage, Provider } from '../../hub/provider.ts'
import type { Note } from '../../hub/support.ts'
import { standardMeters } from '../../limits/meters.ts'
import { adoptedRows } from './adopted.ts'
import { encode } from './call.ts'
import { embeddingTask } from './embeddings.ts'
import { refused } from './error.ts'
import type { Like, LikeFields, MessageRules } from './like.ts'
import { NAME_NOTES } from './names.ts'
import { rerankTask } from './rerank.ts'
import { CHOICE_NOTES } from './tools.ts'

/** A provider that speaks OpenAI's format but for these differences. */
export function openaiLike(like: Like): Conversant {
  const { messages } = like.fields
  const fields = {
    ...like.fields,
    ...calling(like.fields, [...(like.choices ? CHOICE_NOTES : []), ...(like.messages?.plainNames ? NAME_NOTES : [])]),
    messages: { ...messages, may: [...messages.may, ...notesOf(like.messages)] },
  }
  return {
    ...service(like),
    chat: {
      table: { fields, extensions: like.extensions ?? {}, adopted: adoptedRows(fields, like) },
      completes: like.completes,
      encode: (request, model, ledger, account) => encode(like, request, model, ledger, account),
    },
  }
}

/** A service in OpenAI's manner, whatever it is asked for: all but its conversations. */
export function service(like: Omit<Like, 'fields'>): Provider {
  const { name, baseUrl, credential = 'required', needs, family, requestId = 'x-request-id', reach, relays } = like
  return {
    name,
    baseUrl,
    credential,
    ...(needs && { needs }),
    ...(reach && { reach }),
    ...(relays && { relays }),
    tells: { requestId },
    meters: like.meters ?? standardMeters,
    ...(like.prices && { prices: like.prices }),
    headers: (account, client) => (like.headers ?? bearer)(account, client),
    family: family ?? ((model) => model),
    refuse: (refusal, slot) => refused(refusal, slot, { ...like.errors, failure: like.answer?.failure }),
    models: {
      path: (_after, account) => {
        const { models = '/models' } = like
        return (typeof models === 'function' ? models(account) : models) ?? undefined
      },
      read: like.readModels ?? ((body) => modelPage(body, name)),
    },
    ...(like.embeddings && { embeddings: embeddingTask(like.embeddings) }),
    ...(like.rerank && { rerank: rerankTask(like.rerank) }),
    ...(like.moderations && { moderations: like.moderations }),
    ...like.media,
  }
}

/** The rows of tools where not every choice among them is taken, or not every name. */
function calling(
  { tools, tool_choice, functions, function_call }: LikeFields,
  notes: readonly Note[],
): Partial<LikeFields> {
  if (notes.length === 0) return {}
  const more = <R extends { readonly may: readonly Note[] }>(row: R): R => ({ ...row, may: [...row.may, ...notes] })
  return {
    tools: more(tools),
    tool_choice: more(tool_choice),
    functions: more(functions),
    function_call: more(function_call),
  }
}

/** What becomes of messages beyond what the table says of all services. */
function notesOf({ names, parts = {}, notes = [] }: MessageRules = {}): readonly Note[] {
  const rules = Object.values(parts).filter((rule) => typeof rule === 'object')
  return [...(names ? [names] : []), ...rules, ...notes]
}

/** A key as `Authorization: Bearer`, where there is one. */
export function bearer({ credential }: Account): Record<string, string> {
  return typeof credential === 'string' ? { authorization: `Bearer ${credential}` } : {}
}

/** What services say of a model beyond its name, under the names that are in use. */
function told(model: unknown, id: string): ReturnType<typeof abilities> {
  const first = (...names: readonly string[]) => names.map((name) => at(model, name)).find(Boolean)
  const flags = Object.entries(model ?? {}).flatMap(([name, set]) =>
    set === true && name.startsWith('supports_') ? [name.slice('supports_'.length)] : [],
  )
  const architecture = at(model, 'architecture')
  const title = first('display_name', 'name')
  return abilities({
    display_name: title === id ? undefined : title,
    context_length: first('context_length', 'context_window', 'max_context_length', 'max_model_len'),
    max_output_tokens: first('max_output_tokens', 'max_completion_tokens'),
    input_modalities: at(architecture, 'input_modalities') ?? first('input_modalities'),
    output_modalities: at(architecture, 'output_modalities') ?? first('output_modalities'),
    features: [...flags, ...flagsIn(at(model, 'capabilities')), ...listIn(first('supported_parameters', 'features'))],
  })
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** Reads OpenAI's list of models, or one that is not even in an envelope. */
function modelPage(body: unknown, owner: string): ModelPage {
  const data: unknown = Array.isArray(body) ? body : (at(body, 'data') ?? at(body, 'models'))
  const models = (Array.isArray(data) ? data : []).flatMap((model: unknown) => {
    const [id, created, by] = [at(model, 'id') ?? at(model, 'name'), at(model, 'created'), at(model, 'owned_by')]
    if (typeof id !== 'string') return []
    const seconds = typeof created === 'number' ? created : Number(created)
    return [
      {
        id,
        created: Number.isFinite(seconds) ? Math.floor(seconds) : 0,
        owned_by: typeof by === 'string' ? by : owner,
        ...told(model, id),
      },
    ]
  })
  return { models, next: undefined }
}
