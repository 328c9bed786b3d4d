// Images: https://docs.x.ai/docs/guides/image-generations
import { byRatio, imageRow } from '../../hub/image-rows.ts'
import { dataFor, imagesLike } from '../openai-compatible/media.ts'

const { full } = imageRow
const RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9', '2:3', '3:2', '9:20', '20:9', '1:2', '2:1']

export const images = imagesLike(
  {
    size: byRatio(RATIOS),
    quality: full('quality'),
    user: full('user'),
  },
  { beside: dataFor },
)
