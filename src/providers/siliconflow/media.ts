// Sound, speech and images: https://docs.siliconflow.com/en/api-reference/images/images-generations
import { imageRow, onlyAddresses } from '../../hub/image-rows.ts'
import { NO_CONTAINER, type SpeechFields } from '../../hub/speech.ts'
import { rows } from '../../hub/support.ts'
import { hearingLike, hears, imagesLike, onlyJson, speechLike } from '../openai-compatible/media.ts'

const { rename } = imageRow
const { map } = rows<Record<string, unknown>, SpeechFields>()

/** It takes a file and a model. */
export const hearing = hearingLike({
  tasks: ['transcriptions'],
  table: {
    ...hears.notThese('language', 'prompt', 'temperature', 'timestamp_granularities'),
    response_format: onlyJson,
  },
})

const CONTAINERS = ['mp3', 'opus', 'wav', 'pcm']

export const speech = speechLike(
  {
    response_format: map(
      'response_format',
      (format: string, _plan, lose) => (CONTAINERS.includes(format) ? { response_format: format } : lose(NO_CONTAINER)),
      [NO_CONTAINER],
    ),
  },
  // Samples come at another rate, unless it is named.
  ({ response_format }) => (response_format === 'pcm' ? { sample_rate: 24_000 } : {}),
)

export const images = imagesLike({ ...onlyAddresses, size: rename('image_size'), n: rename('batch_size') })
