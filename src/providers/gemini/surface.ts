// Where generateContent is served: by the Gemini API itself, or by a platform that takes it with differences.

import type { Media, RemoteMedia } from '../../hub/provider.ts'
import type { Extensions, Fields } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Plan } from './plan.ts'
import type { GeminiFields } from './wire.ts'

/** What differs from place to place. */
export interface Surface {
  /** Below the base URL. */
  path(model: string, streams: boolean): string
  /** What a model takes there. */
  family(model: string): Family
  readonly table: { readonly fields: Fields<GeminiFields, Plan>; readonly extensions: Extensions<GeminiFields, Plan> }
  /**
   * The service reads what stands at this address by itself.
   * @param type the media type, as far as the address or a name tells it.
   */
  refers(url: string, family: Family, type: string | undefined): boolean
  /** Files keep their names. */
  readonly displayNames: boolean
  /** Calls and results carry ids, where the model has them. */
  readonly callIds: boolean
  /** Functions beside the service's own tools have to be asked for. */
  readonly serverToolFlag: boolean
  /** The headers that name a tier, where no field of the body does. */
  readonly tierHeaders?: (tier: string) => Record<string, string>
}

/** The path of a method of a model, at home. */
export function modelPathOf(model: string, method: string): string {
  const name = model.split('/').map(encodeURIComponent).join('/')
  return `/v1beta/${name.includes('/') ? name : `models/${name}`}:${method}`
}

/** Media that were named by address: what was fetched, and what has to be, by address. */
export interface Fetched {
  readonly media: ReadonlyMap<string, Media>
  readonly wanted: Map<string, RemoteMedia>
}
