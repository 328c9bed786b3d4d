// Texts said aloud, by models of two families: https://developers.cloudflare.com/workers-ai/models/aura-1/ and
// https://developers.cloudflare.com/workers-ai/models/melotts/
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { bytesIn } from '../../hub/media.ts'
import type { Service } from '../../hub/service.ts'
import {
  containerOf,
  NO_CONTAINER,
  NO_EVENTS,
  otherContainer,
  SOUND_TYPES,
  type Sound,
  type SpeechFields,
  VOICES,
  voiceOf,
} from '../../hub/speech.ts'
import { clamped, dropped, rows, write } from '../../hub/support.ts'
import { inputOf, isJson, resultIn, runPath } from './run.ts'

type Body = Record<string, unknown>
interface Plan {
  readonly model: string
}

const { drop, here, map } = rows<Body, Plan>()

/** Models that know voices and containers; the others take a text and a language. */
const knows = ({ model }: Plan) => /\baura-/.test(model)

/** Containers as those models call them. */
const CONTAINERS: Readonly<Record<string, object>> = {
  mp3: { encoding: 'mp3' },
  opus: { encoding: 'opus', container: 'ogg' },
  aac: { encoding: 'aac' },
  flac: { encoding: 'flac' },
  wav: { encoding: 'linear16', container: 'wav', sample_rate: 24_000 },
  pcm: { encoding: 'linear16', container: 'none', sample_rate: 24_000 },
}

/** Their voices that come nearest to OpenAI's. */
const NEAREST: Readonly<Record<string, string>> = {
  ash: 'orion',
  echo: 'arcas',
  fable: 'helios',
  onyx: 'zeus',
  verse: 'orpheus',
}
const ANYBODY = 'asteria'
const OTHER_VOICE = clamped('The model has voices of its own: one that is near is sent.')
const ONE_VOICE = dropped('The model has one voice.')
const OWN_CONTAINER = otherContainer('what the model makes')

const fields = {
  model: here(),
  input: map(['text', 'prompt'], (text: string, plan) => (knows(plan) ? { text } : { prompt: text })),
  voice: map(
    'speaker',
    (voice: NonNullable<SpeechFields['voice']>, plan, lose) => {
      if (!knows(plan)) return lose(ONE_VOICE)
      const name = voiceOf(voice) ?? ''
      if (!VOICES.has(name)) return { speaker: name }
      const sent = NEAREST[name] ?? ANYBODY
      lose(OTHER_VOICE, { sent })
      return { speaker: sent }
    },
    [OTHER_VOICE, ONE_VOICE],
  ),
  response_format: map(
    ['encoding', 'container', 'sample_rate'],
    (format: string, plan, lose) => {
      if (!Object.hasOwn(CONTAINERS, format)) return lose(NO_CONTAINER)
      // What the other models make is seen when it is there.
      return knows(plan) ? { ...CONTAINERS[format] } : undefined
    },
    [NO_CONTAINER, OWN_CONTAINER],
  ),
  speed: drop('The service speaks at its own pace.'),
  instructions: drop('The service takes no instructions.'),
  stream_format: map([], (_format: string, _plan, lose) => lose(NO_EVENTS), [NO_EVENTS]),
}

export const speech: Service<SpeechFields, Sound> = {
  table: { fields, extensions: {} },
  call: ({ fields: asked, extras }, { model, account, ledger }) => {
    const plan = { model }
    const named = { response_format: knows(plan) ? 'mp3' : undefined, ...asked }
    const inputs = write<SpeechFields, Body, Plan>(
      { fields, extensions: {} },
      { fields: present(named), extras },
      plan,
      ledger,
    )
    return {
      path: runPath(model, account),
      body: inputOf(inputs, model, account),
      streams: false,
      read: (bytes, head) => {
        const sound = isJson(head) ? soundIn(bytes) : bytes
        const format = containerOf(sound) ?? (asked.response_format === 'pcm' ? 'pcm' : undefined)
        const wanted = asked.response_format ?? 'mp3'
        if (format !== undefined && format !== wanted) {
          if (asked.response_format) throw new GatewayError('upstream_error', `The provider sent ${format}.`)
          ledger.losses.push({ path: 'response_format', ...OWN_CONTAINER, sent: format })
        }
        return { type: SOUND_TYPES[format ?? wanted] ?? 'application/octet-stream', bytes: sound }
      },
    }
  },
}

function present(fields: SpeechFields & { response_format?: string | undefined | null }): SpeechFields {
  const { response_format, ...rest } = fields
  return response_format ? { ...rest, response_format } : rest
}

function soundIn(bytes: Uint8Array): Uint8Array {
  const audio = at(resultIn(bytes), 'audio')
  if (typeof audio === 'string' && audio !== '') return bytesIn(audio)
  throw new GatewayError('upstream_error', 'The provider sent an answer without sound.')
}
