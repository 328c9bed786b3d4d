// What was said, as text: transcriptions and translations, and how a provider makes them.
// https://platform.openai.com/docs/api-reference/audio
import type { Upload } from '../wire/upload.ts'
import type { Account, Printed } from './provider.ts'
import type { Destination } from './service.ts'
import { dropped, emulated, type Lose, type Note, rejected } from './support.ts'
import type { Usage } from './usage.ts'

/** In the language that was spoken, or in English. */
export type Hearing = 'transcriptions' | 'translations'

/** The fields of the form beside `file` and `model`. Those of lists have `[]` behind them in the form. */
export const FORM_FIELDS = [
  'chunking_strategy',
  'include',
  'keywords',
  'known_speaker_names',
  'known_speaker_references',
  'language',
  'languages',
  'prompt',
  'response_format',
  'stream',
  'temperature',
  'timestamp_granularities',
] as const
type FormField = (typeof FORM_FIELDS)[number]

/** What becomes of one field of a form. */
export interface FormRow extends Printed {
  /** What is sent for a value; undefined leaves the field out. */
  sends(value: string, lose: Lose): string | undefined
}

/** A row for every field: this is what makes silence impossible. */
export type FormTable = { readonly [K in FormField]: FormRow }

/** Same name, same value. */
export const passes: FormRow = { kind: 'full', may: [], sends: (value) => value }

function always(note: Note): FormRow {
  return { kind: note.kind, reason: note.reason, may: [note], sends: (_value, lose) => lose(note) }
}

/** Has no effect there. */
export const leaves = (reason: string): FormRow => always(dropped(reason))
/** Is done by the gateway, which does not send it. */
export const makes = (reason: string): FormRow => always(emulated(reason))

/** The model is told so in words. */
export const inWords: FormRow = {
  ...makes('The model is told so in words.'),
  sends: (value, lose) => {
    lose(emulated('The model is told so in words.'))
    return value
  },
}

/** Some values pass, some are done by the gateway, and all others are refused. */
export function formats(
  { pass, make = [] }: { readonly pass: readonly string[]; readonly make?: readonly string[] },
  reason: string,
): FormRow {
  const made = emulated('The service answers in JSON: the gateway takes the text out of it.')
  const refused = rejected(reason)
  return {
    kind: 'full',
    may: [...(make.length > 0 ? [made] : []), refused],
    sends: (value, lose) => {
      if (pass.includes(value)) return value
      return lose(make.includes(value) ? made : refused)
    },
  }
}

const ONCE = makes('The service does not stream: the text comes at once.')

/** Everything passes. */
export const allPass = tableOf(FORM_FIELDS, passes) as FormTable
/** What Whisper knows, by services that do not stream. */
export const whisper: FormTable = {
  ...allPass,
  ...tableOf(
    ['chunking_strategy', 'include', 'keywords', 'known_speaker_names', 'known_speaker_references', 'languages'],
    leaves('The service has no such field.'),
  ),
  stream: ONCE,
}

/** The same row for several fields. */
export function tableOf<K extends FormField>(names: readonly K[], row: FormRow): { readonly [name in K]: FormRow } {
  // One row for each of the names: `fromEntries` does not say so.
  return Object.fromEntries(names.map((name) => [name, row])) as { readonly [name in K]: FormRow }
}

/** An event of a stream that comes in another form than OpenAI's. */
export type Heard =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'done'; readonly text?: string | undefined; readonly usage?: Usage | undefined }

/** A provider that takes the form itself. Requests change only by the table, and in the model's name. */
export interface FormRelay {
  readonly table: FormTable
  /**
   * Below the base URL, or a whole address; undefined where it has no such endpoint.
   * @param model '' where it is not known yet, unless `named`.
   */
  path(task: Hearing, model: string, account: Account): string | undefined
  /** The path depends on the model, so that nothing can be sent before it is known. */
  readonly named?: (account: Account) => boolean
  /** Reads an event of its streams, where they are not OpenAI's. */
  readonly event?: (data: string) => Heard | undefined
}

/** A recording, and what is asked of it. */
export interface Recording {
  readonly task: Hearing
  /** As the client sent them, without those at OpenAI's own default. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  /** The media type. */
  readonly media: string
  readonly pieces: readonly Uint8Array[]
  /** In bytes. */
  readonly size: number
}

export interface Transcript {
  readonly text: string
  /** In the form of WebVTT, where the service gives that. */
  readonly vtt?: string | undefined
  readonly usage?: Usage | undefined
}

/** A provider that hears in a language of its own. */
export interface Transcriber {
  readonly table: FormTable
  /** @throws GatewayError 400 for what cannot be sent, 413 for a recording that is too long. */
  encode(recording: Recording, to: Destination): HearingCall
}

export interface HearingCall {
  readonly path: string
  readonly body: string | Upload
  /** @throws GatewayError when it is no answer, or no whole one. */
  read(bytes: Uint8Array, head: Headers): Transcript
}
