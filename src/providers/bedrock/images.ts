// Images, in the two forms that models have for them:
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html and
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html
import { GatewayError, scrub } from '../../hub/error.ts'
import {
  asData,
  BY_RATIO,
  type ImageBody,
  type ImagePlan,
  type ImageRows,
  imageRow,
  nearest,
  plainImage,
} from '../../hub/image-rows.ts'
import { type ImageFields, type Images, noImage, sizeOf } from '../../hub/images.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Service } from '../../hub/service.ts'
import { clamped, emulated, rejected, write } from '../../hub/support.ts'

const { here, map } = imageRow

/** Amazon's own models, which take sides in pixels; the others take their ratio. */
const own = ({ model }: ImagePlan) => /\bamazon\.(?:titan-image|nova-canvas)/.test(model)
const others = /\bstability\./

/** How many images one call of the own models makes. */
const AT_ONCE = 5
const RATIOS = ['1:1', '16:9', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21']

const BY_CALLS = emulated('As many calls are made side by side.')
const TWO = clamped("The model knows 'standard' and 'premium'.")
const ONE = clamped('The model knows no qualities.')
const PNG = rejected('The model makes png.')
const FORMATS = rejected('The model makes png, jpeg and webp.')

const fields: ImageRows = {
  ...plainImage,
  model: here(),
  response_format: asData,
  n: map(
    'numberOfImages',
    (n: number, plan, lose) => (own(plan) && n <= AT_ONCE ? { numberOfImages: n } : lose(BY_CALLS)),
    [BY_CALLS],
  ),
  size: map(
    ['width', 'height', 'aspect_ratio'],
    (size: string, plan, lose) => {
      if (own(plan)) return { ...sizeOf(size) }
      return { aspect_ratio: nearest(size, RATIOS, lose, '1024x1024') }
    },
    [BY_RATIO],
  ),
  quality: map(
    'quality',
    (quality: string, plan, lose) => {
      if (!own(plan)) return lose(ONE)
      const sent = /^(?:hd|x?high|max|premium)$/.test(quality) ? 'premium' : 'standard'
      if (quality !== sent && quality !== 'hd') lose(TWO, { sent })
      return { quality: sent }
    },
    [TWO, ONE],
  ),
  output_format: map(
    'output_format',
    (format: string, plan, lose) => {
      if (own(plan)) return format === 'png' ? undefined : lose(PNG)
      return ['png', 'jpeg', 'webp'].includes(format) ? { output_format: format } : lose(FORMATS)
    },
    [PNG, FORMATS],
  ),
}

export const images: Service<ImageFields, Images> = {
  table: { fields, extensions: {} },
  call: ({ fields: asked, extras }, { model, ledger }) => {
    const plan = { model, asked }
    if (!own(plan) && !others.test(model))
      throw new GatewayError('unknown_url', `The model '${scrub(model)}' paints nothing.`)
    const body = write<ImageFields, ImageBody, ImagePlan>(
      { fields, extensions: {} },
      { fields: asked, extras },
      plan,
      ledger,
    )
    return {
      path: `/model/${encodeURIComponent(model)}/invoke`,
      headers: { accept: 'application/json' },
      body: JSON.stringify(own(plan) ? ownBody(body) : { ...body, mode: 'text-to-image' }),
      calls: body.numberOfImages === undefined ? (asked.n ?? 1) : 1,
      streams: false,
      read,
    }
  },
}

function ownBody({ prompt, ...imageGenerationConfig }: ImageBody) {
  return {
    taskType: 'TEXT_IMAGE',
    textToImageParams: { text: prompt },
    ...(Object.keys(imageGenerationConfig).length > 0 && { imageGenerationConfig }),
  }
}

function read(bytes: Uint8Array): Images {
  const body = jsonIn(new TextDecoder().decode(bytes))
  const list: unknown = at(body, 'images')
  const images = (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
    typeof one === 'string' && one !== '' ? [{ b64_json: one }] : [],
  )
  if (images.length > 0) return { images }
  const reasons: unknown = at(body, 'finish_reasons')
  const why: unknown = at(body, 'error') ?? (Array.isArray(reasons) ? reasons.find(Boolean) : undefined)
  throw noImage(typeof why === 'string' ? scrub(why) : undefined)
}
