// The content of messages: text, and images as data.
import type { Content, Part } from '../../../schemas/chat.ts'
import { type Data, dataUrl, isBase64, sniff } from '../../hub/media.ts'
import { NO_DATA, NO_SUCH_PART, partAudit } from '../../hub/parts.ts'
import type { Media, RemoteMedia } from '../../hub/provider.ts'
import { type Lose, rejected } from '../../hub/support.ts'
import type { Generation } from './generation.ts'
import type { TurnPart } from './wire.ts'

const NO_AUDIO = rejected('The service takes no audio.')
const NO_FILES = rejected('The service takes no files.')
const ONLY_TEXT = rejected('Before version 3.0 the service takes only text.')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an https URL.', 'invalid_image_url')
const IMAGE_TYPE = rejected('This is no image.', 'invalid_image_format')

/** Every loss that a content part may meet. */
export const PART_NOTES = [NO_AUDIO, NO_FILES, NO_SUCH_PART, ONLY_TEXT, IMAGE_URL, IMAGE_TYPE, NO_DATA]

/** The service keeps what it has read before by itself. */
const auditPart = partAudit('inert')

/** What messages are made with. */
export interface Making {
  readonly lose: Lose
  readonly generation: Generation
  /** What stands at the addresses of images, once it was fetched. */
  readonly media: ReadonlyMap<string, Media> | undefined
  /** Collects the addresses that have to be fetched. */
  readonly wanted: Map<string, RemoteMedia>
}

/**
 * Content as it is sent. Every chat template knows text, and only some know parts: they are sent where there is an image.
 * @param path of the message: `messages[2]`.
 */
export function contentOf(content: Content | null | undefined, path: string, making: Making): string | TurnPart[] {
  if (!content || typeof content === 'string') return content ?? ''
  const parts = content.flatMap((part, j) => partOf(part, `${path}.content[${j}]`, making) ?? [])
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === parts.length ? texts.join('\n') : parts
}

function partOf(part: Part, path: string, making: Making): TurnPart | undefined {
  const { lose } = making
  auditPart(part, path, lose)
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'text', text: part.refusal }
    case 'image_url': {
      if (!making.generation.parts) lose(ONLY_TEXT, { path })
      const url = imageUrl(part.image_url.url, path, making)
      return url === undefined ? undefined : { type: 'image_url', image_url: { url } }
    }
    case 'input_audio':
      return lose(NO_AUDIO, { path })
    case 'file':
      return lose(NO_FILES, { path })
    default:
      part satisfies never
      return lose(NO_SUCH_PART, { path })
  }
}

/** A data URL of what is known to be an image; the address itself until it was fetched. */
function imageUrl(url: string, path: string, { lose, media, wanted }: Making): string | undefined {
  const at = `${path}.image_url.url`
  const remote = /^https:\/\//i.test(url)
  const found = remote ? media?.get(url) : undefined
  if (remote && !found) {
    wanted.set(url, { url, path: at })
    return url
  }
  const data: Data | undefined = found ? { media: found.type, base64: found.base64 } : dataUrl(url)
  if (!data) return lose(IMAGE_URL, { path })
  const type = sniff(data.base64) ?? data.media
  if (!type.startsWith('image/')) return lose(IMAGE_TYPE, { path })
  if (!isBase64(data.base64)) return lose(NO_DATA, { path: at })
  return `data:${type};base64,${data.base64}`
}
