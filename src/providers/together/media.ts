// Images and speech: https://docs.together.ai/reference/post-images-generations
import { imageRow } from '../../hub/image-rows.ts'
import { sizeOf } from '../../hub/images.ts'
import { NO_CONTAINER, type SpeechFields } from '../../hub/speech.ts'
import { rows } from '../../hub/support.ts'
import { imagesLike, speechLike } from '../openai-compatible/media.ts'

const { map, rename } = imageRow
const said = rows<Record<string, unknown>, SpeechFields>()

export const images = imagesLike(
  {
    size: map(['width', 'height'], (size: string) => ({ ...sizeOf(size) })),
    // Data have another name there.
    response_format: map('response_format', (wanted: string) => ({
      response_format: wanted === 'b64_json' ? 'base64' : wanted,
    })),
    output_format: rename('output_format'),
  },
  { beside: ({ stream, response_format }) => (stream && !response_format ? { response_format: 'base64' } : {}) },
)

/** Its names of containers. */
const CONTAINERS: Readonly<Record<string, object>> = {
  mp3: { response_format: 'mp3' },
  wav: { response_format: 'wav' },
  pcm: { response_format: 'raw', response_encoding: 'pcm_s16le', sample_rate: 24_000 },
}

export const speech = speechLike(
  {
    response_format: said.map(
      ['response_format', 'response_encoding', 'sample_rate'],
      (format: string, _plan, lose) => {
        if (!Object.hasOwn(CONTAINERS, format)) return lose(NO_CONTAINER)
        return { ...CONTAINERS[format] }
      },
      [NO_CONTAINER],
    ),
    speed: said.drop('The service speaks at its own pace.'),
  },
  // Left to itself the service sends wav, where OpenAI's is mp3.
  ({ response_format }) => (response_format ? {} : { response_format: 'mp3' }),
)
