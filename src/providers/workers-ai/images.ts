// Images: https://developers.cloudflare.com/workers-ai/models/flux-1-schnell/
import {
  asData,
  type ImageBody,
  type ImagePlan,
  type ImageRows,
  imageRow,
  onePerCall,
  plainImage,
} from '../../hub/image-rows.ts'
import { type ImageFields, type Images, noImage, sizeOf } from '../../hub/images.ts'
import { at } from '../../hub/json.ts'
import { base64Of } from '../../hub/media.ts'
import type { Service } from '../../hub/service.ts'
import { dropped, write } from '../../hub/support.ts'
import { inputOf, isJson, resultIn, runPath } from './run.ts'

const { full, here, map } = imageRow
const ONE_SIZE = dropped('The model has one size.')

const fields: ImageRows = {
  ...plainImage,
  model: here(),
  n: onePerCall,
  response_format: asData,
  size: map(
    ['width', 'height'],
    (size: string, { model }, lose) => {
      const sides = sizeOf(size)
      return /flux-1-schnell/.test(model) ? lose(ONE_SIZE) : { ...sides }
    },
    [ONE_SIZE],
  ),
}

/** Fields of its own. */
const extensions = Object.fromEntries(
  ['steps', 'num_steps', 'seed', 'guidance', 'negative_prompt'].map((name) => [name, full(name)]),
)

export const images: Service<ImageFields, Images> = {
  table: { fields, extensions },
  call: ({ fields: asked, extras }, { model, account, ledger }) => {
    const plan = { model, asked }
    const inputs = write<ImageFields, ImageBody, ImagePlan>(
      { fields, extensions },
      { fields: asked, extras },
      plan,
      ledger,
    )
    return {
      path: runPath(model, account),
      body: inputOf(inputs, model, account),
      calls: asked.n ?? 1,
      streams: false,
      read: (bytes, head) => ({ images: [{ b64_json: dataIn(bytes, head) }] }),
    }
  },
}

/** Some models answer in JSON, others with the file. */
function dataIn(bytes: Uint8Array, head: Headers): string {
  const data = isJson(head) ? at(resultIn(bytes), 'image') : [...base64Of([bytes])].join('')
  if (typeof data === 'string' && data !== '') return data
  throw noImage(undefined)
}
