// Images: https://docs.x.ai/docs/guides/image-generations
import { imageRow } from '../../hub/image-rows.ts'
import { ratioOf, sizeOf } from '../../hub/images.ts'
import { clamped } from '../../hub/support.ts'
import { dataFor, imagesLike } from '../openai-compatible/media.ts'

const { full, map } = imageRow
const RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9', '2:3', '3:2', '9:20', '20:9', '1:2', '2:1']
const BY_RATIO = clamped('The service takes a ratio of sides, and chooses the size.')

export const images = imagesLike(
  {
    size: map(
      'aspect_ratio',
      (size: string, _plan, lose) => {
        const { ratio } = ratioOf(sizeOf(size), RATIOS)
        lose(BY_RATIO, { sent: ratio })
        return { aspect_ratio: ratio }
      },
      [BY_RATIO],
    ),
    quality: full('quality'),
    user: full('user'),
  },
  { beside: dataFor },
)
