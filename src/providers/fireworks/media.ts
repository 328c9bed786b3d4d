// Sound and images: https://docs.fireworks.ai/api-reference/audio-transcriptions
import { asData, byRatio, imageRow, onePerCall } from '../../hub/image-rows.ts'
import { noImage } from '../../hub/images.ts'
import { base64Of } from '../../hub/media.ts'
import { hearingLike, imagesLike } from '../openai-compatible/media.ts'

/** Sound is heard on hosts of its own, one for each size of the model. */
export const hearing = hearingLike({
  base: ({ baseUrl }, model) => {
    if (baseUrl !== undefined) return ''
    return /turbo/.test(model) ? 'https://audio-turbo.api.fireworks.ai/v1' : 'https://audio-prod.api.fireworks.ai/v1'
  },
  named: ({ baseUrl }) => baseUrl === undefined,
})

const { here } = imageRow
const RATIOS = ['1:1', '21:9', '16:9', '3:2', '5:4', '4:5', '2:3', '9:16', '9:21', '4:3', '3:4']

export const images = imagesLike(
  {
    model: here(),
    size: byRatio(RATIOS),
    n: onePerCall,
    response_format: asData,
  },
  {
    path: (model) => `/workflows/${model.split('/').map(encodeURIComponent).join('/')}/text_to_image`,
    headers: { accept: 'image/jpeg' },
    read: (bytes) => {
      if (bytes.length === 0) throw noImage(undefined)
      return { images: [{ b64_json: [...base64Of([bytes])].join('') }] }
    },
  },
)
