// Transcripts from a model that hears: it gets the recording, and is told what to do with it.
// https://ai.google.dev/gemini-api/docs/audio
import { GatewayError } from '../../hub/error.ts'
import {
  allPass,
  type FormTable,
  formats,
  inWords,
  leaves,
  makes,
  type Recording,
  type Transcriber,
  type Transcript,
  tableOf,
} from '../../hub/hearing.ts'
import { at } from '../../hub/json.ts'
import { base64Of } from '../../hub/media.ts'
import { Upload } from '../../wire/upload.ts'
import { type MethodPath, wholeOf } from './whole.ts'

/** A request may have 20 MB, of which base64 takes a third. */
const MOST = 14 * 1024 * 1024

const table: FormTable = {
  ...allPass,
  ...tableOf(
    ['chunking_strategy', 'include', 'known_speaker_names', 'known_speaker_references', 'timestamp_granularities'],
    leaves('The model writes down words, and nothing about them.'),
  ),
  ...tableOf(['keywords', 'language', 'languages', 'prompt'], inWords),
  response_format: formats(
    { pass: ['json', 'text'] },
    'The model writes down words without times: ask for json or text.',
  ),
  stream: makes('The text comes at once.'),
}

export function hearing(path: MethodPath): Transcriber {
  return {
    table,
    encode: (recording, { model, account }) => ({
      path: path(model, 'generateContent', account),
      body: bodyOf(recording),
      read,
    }),
  }
}

/** What stands where the recording will. It comes first, so that nothing a client writes can be taken for it. */
const PLACE = '\u0000'
const WRITTEN = JSON.stringify(PLACE).slice(1, -1)

/** The recording becomes base64 while it goes out. @throws GatewayError 413 for one that is too long. */
function bodyOf(recording: Recording): Upload {
  const { media, pieces, size, fields } = recording
  if (size > MOST) {
    const message = `The provider takes recordings of up to ${MOST} bytes, but this one has ${size}.`
    throw new GatewayError('request_too_large', message, { param: 'file' })
  }
  const [temperature] = fields.get('temperature') ?? []
  const body = JSON.stringify({
    contents: [
      { role: 'user', parts: [{ inlineData: { mimeType: media, data: PLACE } }, { text: wordsOf(recording) }] },
    ],
    ...(temperature !== undefined && { generationConfig: { temperature: Number(temperature) } }),
  })
  const [before, after] = around(body)
  const length = before.length + 4 * Math.ceil(size / 3) + after.length
  function* open(): Generator<Uint8Array, undefined> {
    yield before
    for (const text of base64Of(pieces)) yield encoder.encode(text)
    yield after
  }
  return new Upload('application/json', open, { length, again: true })
}

const encoder = new TextEncoder()

function around(body: string): [Uint8Array, Uint8Array] {
  const at = body.indexOf(WRITTEN)
  return [encoder.encode(body.slice(0, at)), encoder.encode(body.slice(at + WRITTEN.length))]
}

const TASKS = {
  transcriptions: 'Transcribe the speech in this recording, word for word, in the language that is spoken.',
  translations: 'Translate the speech in this recording into English.',
}

/** What the model is told. */
function wordsOf({ task, fields }: Recording): string {
  const said = (name: string) => fields.get(name)?.join(', ')
  const language = said('language') ?? said('languages')
  const [prompt, keywords] = [said('prompt'), said('keywords')]
  return [
    TASKS[task],
    'Answer with that text alone: no times, no names of speakers, no remarks. Where nothing is said, answer with nothing.',
    language && `The language that is spoken: ${language}.`,
    keywords && `Words that may occur: ${keywords}.`,
    prompt &&
      `A text that shows the context, the spelling and the style, and that is no part of the recording:\n${prompt}`,
  ]
    .filter(Boolean)
    .join('\n')
}

function read(bytes: Uint8Array): Transcript {
  const { parts, reason, usage } = wholeOf(bytes)
  // A text without its end would look like all that was said.
  if (reason !== 'STOP') {
    throw new GatewayError(
      'upstream_truncated',
      `The provider ended the text before it was whole (${reason || 'no reason'}).`,
    )
  }
  const text = parts.map((part) => at(part, 'text')).filter((one) => typeof one === 'string')
  return { text: text.join('').trim(), usage }
}
