// Sound and images: https://docs.z.ai/api-reference/audio/audio-transcriptions
import { passes } from '../../hub/hearing.ts'
import { imageRow, onePerCall, onlyAddresses } from '../../hub/image-rows.ts'
import { clamped } from '../../hub/support.ts'
import { hearingLike, hears, imagesLike, onlyJson } from '../openai-compatible/media.ts'

const { map, rename } = imageRow

export const hearing = hearingLike({
  tasks: ['transcriptions'],
  table: {
    ...hears.notThese('language', 'temperature', 'timestamp_granularities'),
    response_format: onlyJson,
    stream: passes,
  },
})

const TWO = clamped("The service knows 'hd' and 'standard'.")

/** OpenAI's qualities in the two that there are. */
const QUALITIES: Readonly<Record<string, string>> = { low: 'standard', medium: 'standard' }

export const images = imagesLike({
  ...onlyAddresses,
  n: onePerCall,
  quality: map(
    'quality',
    (quality: string, _plan, lose) => {
      if (quality === 'hd' || quality === 'standard') return { quality }
      const sent = QUALITIES[quality] ?? 'hd'
      lose(TWO, { sent })
      return { quality: sent }
    },
    [TWO],
  ),
  user: rename('user_id'),
})
