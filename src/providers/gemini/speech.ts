// Texts said aloud: https://ai.google.dev/gemini-api/docs/speech-generation
import { GatewayError } from '../../hub/error.ts'
import { bytesIn } from '../../hub/media.ts'
import type { Service } from '../../hub/service.ts'
import {
  NO_CONTAINER,
  NO_EVENTS,
  otherContainer,
  type Sound,
  type SpeechFields,
  VOICES,
  voiceOf,
  wav,
} from '../../hub/speech.ts'
import { clamped, emulated, rows, teller, write } from '../../hub/support.ts'
import { dataIn, type MethodPath, wholeOf } from './whole.ts'

interface Body {
  text: string
  voice: string
}

const { drop, here, map } = rows<Body, SpeechFields>()

/** The service's voices that come nearest to OpenAI's. */
const NEAREST: Readonly<Record<string, string>> = {
  alloy: 'Kore',
  ash: 'Orus',
  ballad: 'Enceladus',
  cedar: 'Alnilam',
  coral: 'Aoede',
  echo: 'Puck',
  fable: 'Achird',
  marin: 'Sulafat',
  nova: 'Leda',
  onyx: 'Charon',
  sage: 'Despina',
  shimmer: 'Zephyr',
  verse: 'Fenrir',
}
const OTHER_VOICE = clamped('The service has voices of its own: one that is near is sent.')
const IN_WORDS = emulated('The model is told so, in front of the text.')
const WAV = otherContainer('wav')

const fields = {
  model: here(),
  input: map('text', (text: string, { instructions }) => ({ text: instructions ? `${instructions}:\n${text}` : text })),
  voice: map(
    'voice',
    (voice: NonNullable<SpeechFields['voice']>, _plan, lose) => {
      const name = voiceOf(voice) ?? ''
      if (!VOICES.has(name)) return { voice: name }
      const sent = NEAREST[name] ?? 'Kore'
      lose(OTHER_VOICE, { sent })
      return { voice: sent }
    },
    [OTHER_VOICE],
  ),
  instructions: map([], (_text: string, _plan, lose) => lose(IN_WORDS), [IN_WORDS]),
  response_format: map(
    [],
    (format: string, _plan, lose) => (format === 'wav' || format === 'pcm' ? undefined : lose(NO_CONTAINER)),
    [NO_CONTAINER, WAV],
  ),
  speed: drop('The service speaks at its own pace.'),
  stream_format: map([], (_format: string, _plan, lose) => lose(NO_EVENTS), [NO_EVENTS]),
}

export function speech(path: MethodPath): Service<SpeechFields, Sound> {
  return {
    table: { fields, extensions: {} },
    call: ({ fields: asked, extras }, { model, account, ledger }) => {
      if (!asked.response_format) teller(ledger, 'response_format')(WAV, { sent: 'wav' })
      const { text, voice } = write<SpeechFields, Body, SpeechFields>(
        { fields, extensions: {} },
        { fields: asked, extras },
        asked,
        ledger,
      )
      const speechConfig = voice && { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } }
      const body = {
        contents: [{ role: 'user', parts: [{ text }] }],
        generationConfig: { responseModalities: ['AUDIO'], ...(speechConfig && { speechConfig }) },
      }
      return {
        path: path(model, 'generateContent', account),
        body: JSON.stringify(body),
        streams: false,
        read: (bytes) => soundIn(bytes, asked.response_format === 'pcm'),
      }
    },
  }
}

/** Samples, as they are or in a file. */
function soundIn(bytes: Uint8Array, bare: boolean): Sound {
  const { parts, reason } = wholeOf(bytes)
  const sounds = dataIn(parts, 'audio')
  const type = sounds[0]?.type ?? ''
  if (reason !== 'STOP' || !/^audio\/(?:l16|pcm)\b/i.test(type)) {
    throw new GatewayError('upstream_error', `The provider sent an answer without sound (${reason || 'no reason'}).`)
  }
  const rate = Number(/\brate=(\d+)/.exec(type)?.[1] ?? 24_000)
  const samples = bytesIn(sounds.map(({ data }) => data).join(''))
  if (!bare) return { type: 'audio/wav', bytes: wav(samples, rate) }
  return { type: rate === 24_000 ? 'audio/pcm' : `audio/pcm;rate=${rate}`, bytes: samples }
}
