// Rows of image requests that are the same wherever services lack the same thing.
import { type ImageFields, ratioOf, sizeOf } from './images.ts'
import { clamped, emulated, type FieldRows, type Lose, type Row, rejected, rows } from './support.ts'

export type ImageBody = Record<string, unknown>

export interface ImagePlan {
  /** As the service names it. */
  readonly model: string
  readonly asked: ImageFields
}

export type ImageRows = FieldRows<ImageFields, ImageBody, ImagePlan>
type ImageRow<Value> = Row<Value, ImageBody, ImagePlan>

export const imageRow = rows<ImageBody, ImagePlan>()
const { drop, emulate, full, map } = imageRow

const AS_DATA = emulated('The service sends no addresses: the image is in the address itself.')
const OWN_FORMAT = clamped('The service chooses the format.')
const ONLY_URLS = rejected('The service sends addresses, and no data.')

/** Data become an address that holds them. */
export const asData: ImageRow<string> = map(
  [],
  (wanted: string, _plan, lose) => (wanted === 'url' ? lose(AS_DATA) : undefined),
  [AS_DATA],
)

/** The service sends addresses alone. */
export const onlyAddresses: Pick<ImageRows, 'response_format' | 'stream'> = {
  response_format: map([], (wanted: string, _plan, lose) => (wanted === 'url' ? undefined : lose(ONLY_URLS)), [
    ONLY_URLS,
  ]),
  stream: map([], (_stream: boolean, _plan, lose) => lose(ONLY_URLS), [ONLY_URLS]),
}

export const BY_RATIO = clamped('The service takes a ratio of sides, and chooses the size.')

/** The nearest ratio to a size. @param same a size that comes as it was asked for. */
export function nearest(size: string, ratios: readonly string[], lose: Lose, same?: string): string {
  const { ratio, exact } = ratioOf(sizeOf(size), ratios)
  if (!exact || size !== same) lose(BY_RATIO, { sent: ratio })
  return ratio
}

/** A size as a ratio of sides. */
export const byRatio = (ratios: readonly string[]): ImageRow<string> =>
  map('aspect_ratio', (size: string, _plan, lose) => ({ aspect_ratio: nearest(size, ratios, lose) }), [BY_RATIO])

/** What can be had of a service that makes one image a call. */
export const onePerCall = emulate('The service makes one image: as many calls are made side by side.')

/** What services have that take a prompt and little else. */
export const plainImage: ImageRows = {
  model: full('model'),
  prompt: full('prompt'),
  n: full('n'),
  response_format: full('response_format'),
  size: full('size'),
  background: drop('The service knows no backgrounds.'),
  moderation: drop('The service moderates as it sees fit.'),
  output_compression: drop('The service compresses as it sees fit.'),
  output_format: map([], (_format: string, _plan, lose) => lose(OWN_FORMAT), [OWN_FORMAT]),
  partial_images: drop('The service sends images when they are done.'),
  quality: drop('The service knows no qualities.'),
  stream: emulate('The image comes when it is done, as one event.'),
  style: drop('The service knows no styles.'),
  user: drop('The service names no users.'),
}
