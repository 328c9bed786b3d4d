// Speech: the request as providers get it, and sound in the form that the client asked for.
// https://platform.openai.com/docs/api-reference/audio/createSpeech
import { type SpeechFields, speechRequest } from '../../schemas/speech.ts'
import { leaveOut } from './service.ts'
import { clamped, type Note, rejected } from './support.ts'
import { type TaskRequest, taskRequest } from './task.ts'

export type { SpeechFields } from '../../schemas/speech.ts'

/** The names of its fields. */
export const SPEECH_FIELDS = Object.keys(speechRequest.def.shape) as readonly (keyof SpeechFields)[]

/** A file of sound, and what it is. */
export interface Sound {
  readonly type: string
  readonly bytes: Uint8Array
}

/**
 * Reads a parsed JSON body as a speech request.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function speechRequestOf(body: unknown): TaskRequest<SpeechFields> {
  return leaveOut(taskRequest<SpeechFields>(speechRequest, body), {
    instructions: (value) => value === '',
    speed: (value) => value === 1,
    stream_format: (value) => value === 'audio',
  })
}

/** A voice's name, or its id. */
export function voiceOf(voice: SpeechFields['voice']): string | undefined {
  return typeof voice === 'object' ? voice?.id : voice
}

/** OpenAI's own voices, which other services do not have. */
export const VOICES: ReadonlySet<string> = new Set([
  ...['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer', 'verse', 'marin', 'cedar'],
])

/** What a client gets that names no container, from a service that has not the one which is then meant. */
export const otherContainer = (container: string): Note<'clamped'> =>
  clamped(`The service has no mp3: the sound is ${container}.`)
/** What a client gets that does. */
export const NO_CONTAINER = rejected('The service has no sound in this format.')
/** A stream of events, of a service that has none. */
export const NO_EVENTS = rejected('The service sends sound, and no events.')

/** Samples of 16 bits, little-endian, in a file of their own: http://soundfile.sapp.org/doc/WaveFormat/ */
export function wav(samples: Uint8Array, rate: number, channels = 1): Uint8Array {
  const out = new Uint8Array(44 + samples.length)
  const view = new DataView(out.buffer)
  const name = (at: number, text: string) => out.set(new TextEncoder().encode(text), at)
  name(0, 'RIFF')
  view.setUint32(4, 36 + samples.length, true)
  name(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * channels * 2, true)
  view.setUint16(32, channels * 2, true)
  view.setUint16(34, 16, true)
  name(36, 'data')
  view.setUint32(40, samples.length, true)
  out.set(samples, 44)
  return out
}

/** What containers begin with. */
const MAGIC: readonly (readonly [RegExp, string])[] = [
  [/^RIFF....WAVE/s, 'wav'],
  [/^ID3|^\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb\xfc-\xff]/, 'mp3'],
  [/^OggS/, 'opus'],
  [/^fLaC/, 'flac'],
  [/^\xff[\xf0\xf1\xf8\xf9]/, 'aac'],
]

/** OpenAI's name of the container that bytes are in. */
export function containerOf(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16))
  return MAGIC.find(([start]) => start.test(head))?.[1]
}

/** The media types of OpenAI's formats. */
export const SOUND_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}
