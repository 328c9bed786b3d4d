// Images, by models that answer with them and by models that paint alone.
// https://ai.google.dev/gemini-api/docs/image-generation and https://ai.google.dev/gemini-api/docs/imagen
import { scrub } from '../../hub/error.ts'
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
import { type ImageFields, type Images, noImage, type Painted, sizeOf } from '../../hub/images.ts'
import { at } from '../../hub/json.ts'
import type { Service } from '../../hub/service.ts'
import { clamped, dropped, emulated, rejected, write } from '../../hub/support.ts'
import { dataIn, jsonOf, type MethodPath, wholeOf } from './whole.ts'

const { here, map } = imageRow

/** Models that paint, and do nothing else. */
const paints = ({ model }: ImagePlan) => /(?:^|\/)imagen/.test(model)

const RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9']
const MORE_RATIOS = [...RATIOS, '2:3', '3:2', '4:5', '5:4', '21:9']
/** How many one call of those paints. */
const AT_ONCE = 4

const BY_CALLS = emulated('The service makes one image: as many calls are made side by side.')
const OWN_FORMAT = plainImage.output_format.may[0] ?? clamped('')
const NO_FORMAT = rejected('The model makes png and jpeg.')
const OWN_WAY = dropped('The service compresses as it sees fit.')

const fields: ImageRows = {
  ...plainImage,
  model: here(),
  response_format: asData,
  n: map(
    'sampleCount',
    (n: number, plan, lose) => (paints(plan) && n <= AT_ONCE ? { sampleCount: n } : lose(BY_CALLS)),
    [BY_CALLS],
  ),
  size: map(
    ['aspectRatio', 'imageSize'],
    (size: string, plan, lose) => {
      // The one size that is everybody's.
      const aspectRatio = nearest(size, paints(plan) ? RATIOS : MORE_RATIOS, lose, '1024x1024')
      return { aspectRatio, ...largeSize(size, plan) }
    },
    [BY_RATIO],
  ),
  output_format: map(
    'mimeType',
    (format: string, plan, lose) => {
      if (!paints(plan)) return lose(OWN_FORMAT)
      return format === 'png' || format === 'jpeg' ? { mimeType: `image/${format}` } : lose(NO_FORMAT)
    },
    [OWN_FORMAT, NO_FORMAT],
  ),
  output_compression: map(
    'compressionQuality',
    (quality: number, plan, lose) =>
      paints(plan) && plan.asked.output_format === 'jpeg' ? { compressionQuality: quality } : lose(OWN_WAY),
    [OWN_WAY],
  ),
}

/** Newer models have sizes beside the usual one. */
function largeSize(size: string, { model }: ImagePlan): { imageSize?: string } {
  const { width, height } = sizeOf(size)
  const sized = /gemini-[3-9]|imagen-4\.0-(?:generate|ultra)/.test(model)
  const side = Math.max(width, height)
  return sized && side >= 2048 ? { imageSize: side >= 4096 && /gemini/.test(model) ? '4K' : '2K' } : {}
}

export function images(path: MethodPath): Service<ImageFields, Images> {
  return {
    table: { fields, extensions: {} },
    call: ({ fields: asked, extras }, { model, account, ledger }) => {
      const plan = { model, asked }
      const own = write<ImageFields, ImageBody, ImagePlan>(
        { fields, extensions: {} },
        { fields: asked, extras },
        plan,
        ledger,
      )
      const alone = paints(plan)
      const method = alone ? 'predict' : 'generateContent'
      const calls = own.sampleCount === undefined ? (asked.n ?? 1) : 1
      return {
        path: path(model, method, account),
        body: JSON.stringify(alone ? paintBody(own) : answerBody(own)),
        calls,
        streams: false,
        read: alone ? (bytes) => paintedIn(bytes) : answeredIn,
      }
    },
  }
}

function answerBody({ prompt, aspectRatio, imageSize }: ImageBody) {
  const imageConfig = {
    ...(aspectRatio !== undefined && { aspectRatio }),
    ...(imageSize !== undefined && { imageSize }),
  }
  return {
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    generationConfig: {
      responseModalities: ['IMAGE'],
      ...(aspectRatio !== undefined && { imageConfig }),
    },
  }
}

function paintBody({ prompt, sampleCount = 1, aspectRatio, imageSize, mimeType, compressionQuality }: ImageBody) {
  return {
    instances: [{ prompt }],
    parameters: {
      sampleCount,
      ...(aspectRatio !== undefined && { aspectRatio }),
      ...(imageSize !== undefined && { sampleImageSize: imageSize }),
      ...(mimeType !== undefined && {
        outputOptions: { mimeType, ...(compressionQuality !== undefined && { compressionQuality }) },
      }),
      includeRaiReason: true,
    },
  }
}

function answeredIn(bytes: Uint8Array): Images {
  const { parts, reason, usage } = wholeOf(bytes)
  const images = dataIn(parts, 'image').map(({ data }) => ({ b64_json: data }))
  if (images.length === 0) throw noImage(reason === '' ? undefined : scrub(reason))
  return { images, usage }
}

/** What was filtered out is left out of the list, or says so. */
function paintedIn(bytes: Uint8Array): Images {
  const body = jsonOf(bytes)
  const list: unknown = at(body, 'predictions')
  const all: readonly unknown[] = Array.isArray(list) ? list : []
  const images = all.flatMap((one): Painted[] => {
    const [data, prompt] = [at(one, 'bytesBase64Encoded'), at(one, 'prompt')]
    return typeof data === 'string'
      ? [{ b64_json: data, ...(typeof prompt === 'string' && { revised_prompt: prompt }) }]
      : []
  })
  if (images.length > 0) return { images }
  const why = all.map((one) => at(one, 'raiFilteredReason')).find((one) => typeof one === 'string')
  // An empty answer is what a filter leaves.
  throw noImage(scrub(why ?? 'its filter refused'))
}
