// Transcripts: https://developers.cloudflare.com/workers-ai/models/whisper-large-v3-turbo/
import { GatewayError } from '../../hub/error.ts'
import {
  allPass,
  formats,
  leaves,
  makes,
  type Recording,
  type Transcriber,
  type Transcript,
  tableOf,
} from '../../hub/hearing.ts'
import { at } from '../../hub/json.ts'
import { base64Of } from '../../hub/media.ts'
import type { Destination } from '../../hub/service.ts'
import { dropped, teller } from '../../hub/support.ts'
import { piecesUpload, type Upload } from '../../wire/upload.ts'
import { isBound } from './native.ts'
import { inputOf, resultIn, runPath } from './run.ts'

/** It takes its recording in JSON, and words beside it. The others take the file alone. */
const TURBO = /whisper-large-v3-turbo/
/** Each byte is a number there, which takes several. */
const MOST_NUMBERS = 4 * 1024 * 1024
const FILE_ALONE = dropped('The model takes the recording alone.')

export const hearing: Transcriber = {
  table: {
    ...allPass,
    ...tableOf(
      [
        ...(['chunking_strategy', 'include', 'keywords', 'known_speaker_names', 'known_speaker_references'] as const),
        ...(['languages', 'temperature', 'timestamp_granularities'] as const),
      ],
      leaves('The service has no such field.'),
    ),
    response_format: formats(
      { pass: ['json', 'text', 'vtt'] },
      'The service gives the text, or the text with times as vtt: ask for json, text or vtt.',
    ),
    stream: makes('The text comes at once.'),
  },
  encode: (recording, to) => ({
    path: runPath(to.model, to.account),
    body: TURBO.test(to.model) ? withWords(recording, to) : alone(recording, to),
    read: (bytes) => transcriptIn(bytes, recording.fields.get('response_format')?.[0] === 'vtt'),
  }),
}

function withWords({ task, fields, pieces }: Recording, { model, account }: Destination): string {
  const [language] = fields.get('language') ?? []
  const [prompt] = fields.get('prompt') ?? []
  const inputs = {
    audio: [...base64Of(pieces)].join(''),
    ...(task === 'translations' && { task: 'translate' }),
    ...(language && { language }),
    ...(prompt && { initial_prompt: prompt }),
  }
  return inputOf(inputs, model, account)
}

function alone(
  { task, fields, media, pieces, size }: Recording,
  { model, account, ledger }: Destination,
): string | Upload {
  if (task === 'translations') {
    throw new GatewayError('unsupported_value', 'The model does not translate.', { param: 'model' })
  }
  for (const name of ['language', 'prompt']) if (fields.has(name)) teller(ledger, name)(FILE_ALONE)
  if (!isBound(account)) return piecesUpload(media, pieces)
  if (size > MOST_NUMBERS) {
    const message = `The binding takes recordings of up to ${MOST_NUMBERS} bytes for this model.`
    throw new GatewayError('request_too_large', message, { param: 'file' })
  }
  return inputOf({ audio: pieces.flatMap((piece) => [...piece]) }, model, account)
}

function transcriptIn(bytes: Uint8Array, timed: boolean): Transcript {
  const result = resultIn(bytes)
  const channel = at(at(at(result, 'results'), 'channels'), '0')
  const text = at(result, 'text') ?? at(at(at(channel, 'alternatives'), '0'), 'transcript')
  const vtt = at(result, 'vtt')
  if (typeof text !== 'string') throw new GatewayError('upstream_error', 'The provider sent an answer without a text.')
  if (!timed) return { text: text.trim() }
  if (typeof vtt === 'string') return { text: text.trim(), vtt: vtt.trimEnd() }
  throw new GatewayError('upstream_error', 'The provider sent an answer without times.')
}
