// Gemini on Vertex: generateContent with a few differences.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import { GatewayError } from '../../hub/error.ts'
import type { Account } from '../../hub/provider.ts'
import { type Extensions, rows } from '../../hub/support.ts'
import { extensions, fields } from '../gemini/fields.ts'
import { familyOf } from '../gemini/models.ts'
import type { Plan } from '../gemini/plan.ts'
import type { Surface } from '../gemini/surface.ts'
import type { GeminiFields } from '../gemini/wire.ts'
import { isExpress, modelPath, segment, tunedPath } from './place.ts'
import { routeOf } from './route.ts'

const { full, rename } = rows<GeminiFields, Plan>()

/** Fields that only this platform has. */
const platform: Extensions<GeminiFields, Plan> = {
  labels: full('labels'),
  model_armor_config: rename('modelArmorConfig'),
  routing_config: rename('routingConfig'),
  audio_timestamp: rename('audioTimestamp'),
}

export const table = { fields, extensions: { ...extensions, ...platform } }

function placed(account: Account, publisher: string, model: string, method: string): string {
  if (isExpress(account)) return `/v1/publishers/${publisher}/models/${segment(model)}:${method}`
  return publisher === 'endpoints' ? tunedPath(account, model, method) : modelPath(account, publisher, model, method)
}

/**
 * A method of one of Google's models, or of the project's own.
 * @throws GatewayError 404 for anybody else's: they hear, say and paint nothing here.
 */
export function methodPath(name: string, method: string, account: Account): string {
  const { format, publisher, model } = routeOf(name)
  if (format === 'generate') return placed(account, publisher, model, method)
  throw new GatewayError('unknown_url', `The models of '${publisher}' answer conversations alone.`)
}

/** @param publisher whose model it is, or `endpoints` for one of the project's own. */
export function generating(account: Account, publisher: string): Surface {
  return {
    path: (model, streams) =>
      placed(account, publisher, model, streams ? 'streamGenerateContent?alt=sse' : 'generateContent'),
    family: (model) => {
      const family = familyOf(model)
      // Recordings show that the second generation takes more here than at home.
      return family.third ? family : { ...family, penalties: true, logprobs: true }
    },
    table,
    // What was uploaded to the other API is not here.
    refers: (url, _family, type) => type !== undefined && /^(?:gs|https?):\/\/(?!generativelanguage\.)/i.test(url),
    displayNames: true,
    callIds: false,
    serverToolFlag: false,
    tierHeaders: (tier) => (tier === 'standard' ? {} : { 'x-vertex-ai-llm-shared-request-type': tier }),
  }
}
