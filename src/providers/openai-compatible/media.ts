// What services do beside conversations that speak OpenAI's format with differences: each is its differences.
import { GatewayError } from '../../hub/error.ts'
import { type FormRelay, type FormTable, formats, type Hearing, leaves, tableOf, whisper } from '../../hub/hearing.ts'
import { type ImagePlan, type ImageRows, plainImage } from '../../hub/image-rows.ts'
import type { ImageFields, Images, Painted } from '../../hub/images.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import type { Service, ServiceCall } from '../../hub/service.ts'
import { NO_EVENTS, type Sound, type SpeechFields } from '../../hub/speech.ts'
import { type FieldRows, rows, write } from '../../hub/support.ts'

type Body = Record<string, unknown>

const BOTH: readonly Hearing[] = ['transcriptions', 'translations']

/** A service with Whisper, or something like it. */
export function hearingLike({
  tasks = BOTH,
  table = {},
  base = () => '',
  named,
  event,
}: {
  /** Both unless said. */
  readonly tasks?: readonly Hearing[]
  /** The rows that differ from those of a service that knows what Whisper knows, and does not stream. */
  readonly table?: Partial<FormTable>
  /** Another address than the account's, where the service has one for sound. */
  readonly base?: (account: Account, model: string) => string
  readonly named?: FormRelay['named']
  readonly event?: FormRelay['event']
}): FormRelay {
  return {
    table: { ...whisper, ...table },
    path: (task, model, account) => (tasks.includes(task) ? `${base(account, model)}/audio/${task}` : undefined),
    ...(named && { named }),
    ...(event && { event }),
  }
}

/** JSON alone, of which the gateway takes the text where that is asked for. */
export const onlyJson = formats(
  { pass: [], make: ['text'] },
  'The service answers in JSON without times: ask for json or text.',
)
/** Text and JSON. */
export const jsonAndText = formats(
  { pass: ['json', 'text', 'verbose_json'] },
  'The service has no such format: ask for json, verbose_json or text.',
)
/** JSON with or without times. */
export const jsonWithTimes = formats(
  { pass: ['json', 'verbose_json'], make: ['text'] },
  'The service has no such format: ask for json, verbose_json or text.',
)
/** These have no effect there. */
export const hears = {
  notThese: <K extends keyof FormTable>(...names: readonly K[]) =>
    tableOf(names, leaves('The service has no such field.')),
}

const { drop, full, map } = rows<Body, SpeechFields>()

export type SpeechRows = FieldRows<SpeechFields, Body, SpeechFields>

/** What nearly every service knows. */
const plainSpeech: SpeechRows = {
  model: full('model'),
  input: full('input'),
  voice: full('voice'),
  response_format: full('response_format'),
  speed: full('speed'),
  instructions: drop('The service takes no instructions.'),
  stream_format: map([], (_format: string, _plan, lose) => lose(NO_EVENTS), [NO_EVENTS]),
}

/** A service that says texts aloud. */
export function speechLike(
  differs: Partial<SpeechRows> = {},
  /** What is sent beside the fields, or in their stead. */
  beside: (asked: SpeechFields) => Body = () => ({}),
): Service<SpeechFields, Sound> {
  const fields = { ...plainSpeech, ...differs }
  return {
    table: { fields, extensions: {} },
    call: ({ fields: asked, extras }, { model, ledger }) => {
      const named = { ...asked, model }
      const body = write<SpeechFields, Body, SpeechFields>(
        { fields, extensions: {} },
        { fields: named, extras: {} },
        named,
        ledger,
      )
      return { path: '/audio/speech', body: JSON.stringify({ ...extras, ...body, ...beside(asked) }), streams: false }
    },
  }
}

/** A service that paints. */
export function imagesLike(
  differs: Partial<ImageRows>,
  {
    path = '/images/generations',
    read = imagesIn,
    ...more
  }: Partial<Pick<ServiceCall<Images>, 'read' | 'headers'>> & {
    readonly path?: string | ((model: string) => string)
    /** What is sent beside the fields. */
    readonly beside?: (asked: ImageFields) => Body
  } = {},
): Service<ImageFields, Images> {
  const fields = { ...plainImage, ...differs }
  return {
    table: { fields, extensions: {} },
    call: ({ fields: asked, extras }, { model, ledger }) => {
      const named = { ...asked, model }
      const plan = { model, asked }
      const body = write<ImageFields, Body, ImagePlan>(
        { fields, extensions: {} },
        { fields: named, extras: {} },
        plan,
        ledger,
      )
      return {
        path: typeof path === 'string' ? path : path(model),
        ...(more.headers && { headers: more.headers }),
        body: JSON.stringify({ ...extras, ...body, ...more.beside?.(asked) }),
        calls: fields.n.kind === 'emulated' ? (asked.n ?? 1) : 1,
        streams: false,
        read,
      }
    },
  }
}

/** What an event holds is data: a client that streams gets them. */
export function dataFor({ stream, response_format }: ImageFields): Body {
  return stream && !response_format ? { response_format: 'b64_json' } : {}
}

/** Reads an answer of OpenAI's form, or nearly: some call the list `images`, and the data `b64`. */
function imagesIn(bytes: Uint8Array): Images {
  const value = jsonIn(new TextDecoder().decode(bytes))
  const list: unknown = at(value, 'data') ?? at(value, 'images')
  const images = (Array.isArray(list) ? list : []).flatMap((one: unknown): Painted[] => {
    const [data, url, prompt] = [at(one, 'b64_json') ?? at(one, 'b64'), at(one, 'url'), at(one, 'revised_prompt')]
    const said = typeof prompt === 'string' && { revised_prompt: prompt }
    if (typeof data === 'string' && data !== '') return [{ b64_json: data, ...said }]
    return typeof url === 'string' ? [{ url, ...said }] : []
  })
  if (images.length > 0) return { images }
  throw new GatewayError('upstream_error', 'The provider sent an answer without an image.')
}
