// Images: https://docs.tokenfactory.nebius.com/api-reference/images/create-image
import { imageRow, onePerCall } from '../../hub/image-rows.ts'
import { sizeOf } from '../../hub/images.ts'
import { rejected } from '../../hub/support.ts'
import { dataFor, imagesLike } from '../openai-compatible/media.ts'

const { map } = imageRow
const NO_FORMAT = rejected('The service makes png, jpeg and webp.')

/** Its names of formats. */
const FORMATS: Readonly<Record<string, string>> = { png: 'png', jpeg: 'jpg', webp: 'webp' }

export const images = imagesLike(
  {
    n: onePerCall,
    size: map(['width', 'height'], (size: string) => ({ ...sizeOf(size) })),
    output_format: map(
      'response_extension',
      (format: string, _plan, lose) =>
        Object.hasOwn(FORMATS, format) ? { response_extension: FORMATS[format] } : lose(NO_FORMAT),
      [NO_FORMAT],
    ),
  },
  { beside: dataFor },
)
