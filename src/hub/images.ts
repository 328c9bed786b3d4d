// Images: the request as providers get it, and what they paint. https://platform.openai.com/docs/api-reference/images
import { type ImageFields, imagesRequest } from '../../schemas/images.ts'
import { GatewayError } from './error.ts'
import { leaveOut } from './service.ts'
import { type TaskRequest, taskRequest } from './task.ts'
import type { Usage } from './usage.ts'

export type { ImageFields } from '../../schemas/images.ts'

/** The names of its fields. */
export const IMAGE_FIELDS = Object.keys(imagesRequest.def.shape) as readonly (keyof ImageFields)[]

/** One image: its data in base64, or an address. */
export interface Painted {
  readonly b64_json?: string
  readonly url?: string
  readonly revised_prompt?: string
}

/** What one call brings. */
export interface Images {
  readonly images: readonly Painted[]
  readonly usage?: Usage | undefined
}

/**
 * Reads a parsed JSON body as an image request.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function imageRequestOf(body: unknown): TaskRequest<ImageFields> {
  const auto = (value: string) => value === 'auto'
  const request = leaveOut(taskRequest<ImageFields>(imagesRequest, body), {
    background: auto,
    moderation: auto,
    n: (value) => value === 1,
    output_compression: (value) => value === 100,
    partial_images: (value) => value === 0,
    quality: auto,
    size: auto,
    stream: (value) => !value,
    user: (value) => value === '',
  })
  const { partial_images, stream } = request.fields
  if (partial_images && !stream) {
    const message = "The 'partial_images' parameter is only allowed when 'stream' is enabled."
    throw new GatewayError('invalid_request', message, { param: 'partial_images' })
  }
  return request
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** @throws GatewayError 400 for what is no size. */
export function sizeOf(size: string): Size {
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(size) ?? []
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) }
  throw new GatewayError('invalid_value', `Invalid value: '${size.slice(0, 20)}'. Expected WIDTHxHEIGHT or 'auto'.`, {
    param: 'size',
  })
}

/** Of these ratios (`16:9`) the one that is nearest. */
export function ratioOf({ width, height }: Size, ratios: readonly string[]): { ratio: string; exact: boolean } {
  const distance = (ratio: string) => {
    const [w = 1, h = 1] = ratio.split(':').map(Number)
    return Math.abs(Math.log((width / height) * (h / w)))
  }
  const [ratio = '1:1'] = ratios.toSorted((a, b) => distance(a) - distance(b))
  return { ratio, exact: distance(ratio) < 0.001 }
}

/** The failure of an answer in which there is no image. @param why what the provider says of it. */
export function noImage(why: string | undefined): GatewayError {
  if (why === undefined) return new GatewayError('upstream_error', 'The provider sent an answer without an image.')
  return new GatewayError('content_filter', `The provider made no image: ${why}.`, { param: 'prompt' })
}
