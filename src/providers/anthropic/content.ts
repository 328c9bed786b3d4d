// Content parts as blocks: https://docs.anthropic.com/en/docs/build-with-claude/vision and …/pdf-support
import type { AudioPart, Content, FilePart, ImagePart, Part, RefusalPart, TextPart } from '../../../schemas/chat.ts'
import { audit, type Keys, type Lose, rejected } from '../../hub/support.ts'
import { cacheControlOf } from './cache.ts'
import type { DocumentBlock, ImageBlock, ImageMedia, ResultBlock, Source, TextBlock } from './wire.ts'

const NO_AUDIO = rejected('Messages takes no audio.')
const NO_SUCH_PART = rejected('Messages has no content part of this type.')
const IMAGE_TYPE = rejected('Images must be JPEG, PNG, GIF or WebP.', 'invalid_image_format')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an https URL.', 'invalid_image_url')
const FILE_TYPE = rejected('Files must be PDF, text or images.')
const FILE_ID = rejected("The file's id is not one of this provider's.")
const NO_FILE = rejected("A file needs 'file_data' or 'file_id'.", 'missing_required_parameter')
const NOT_BASE64 = rejected('The data is not base64.', 'invalid_value')
export const PART_NOTES = [NO_AUDIO, NO_SUCH_PART, IMAGE_TYPE, IMAGE_URL, FILE_TYPE, FILE_ID, NO_FILE, NOT_BASE64]

const marks = { prompt_cache_breakpoint: 'used', cache_control: 'used' } as const
/** What becomes of each key of each kind of part. */
const KEYS: { readonly [P in Part as P['type']]: Keys<P> } = {
  text: { type: 'used', text: 'used', ...marks } satisfies Keys<TextPart>,
  image_url: { type: 'used', image_url: 'used', ...marks } satisfies Keys<ImagePart>,
  input_audio: { type: 'used', input_audio: 'used', ...marks } satisfies Keys<AudioPart>,
  file: { type: 'used', file: 'used', ...marks } satisfies Keys<FilePart>,
  refusal: { type: 'used', refusal: 'used' } satisfies Keys<RefusalPart>,
}
/** `detail` says how closely to look, and there is one way here. */
const IMAGE_KEYS: Keys<ImagePart['image_url']> = { url: 'used', detail: 'inert' }

/**
 * The blocks of a message's content. Empty text is left out: the service refuses it.
 * @param path of the message: `messages[2]`.
 */
export function blocksOf(
  content: Content | null | undefined,
  path: string,
  lose: Lose,
  origins: Map<object, string>,
): ResultBlock[] {
  if (!content) return []
  if (typeof content === 'string') {
    const block: TextBlock = { type: 'text', text: content }
    origins.set(block, `${path}.content`)
    return [block]
  }
  const blocks: ResultBlock[] = []
  content.forEach((part, j) => {
    const at = `${path}.content[${j}]`
    const block = blockOf(part, at, lose)
    if (!block) return
    Object.assign(block, cacheControlOf(part as Extract<Part, { type: 'text' }>, at, lose))
    origins.set(block, at)
    blocks.push(block)
  })
  return blocks
}

function blockOf(part: Part, path: string, lose: Lose): ResultBlock | undefined {
  if (Object.hasOwn(KEYS, part.type)) audit(part, KEYS[part.type], path, lose)
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text }
    case 'refusal':
      return part.refusal === '' ? undefined : { type: 'text', text: part.refusal }
    case 'image_url':
      audit(part.image_url, IMAGE_KEYS, `${path}.image_url`, lose)
      return imageOf(part.image_url.url, `${path}.image_url.url`, lose)
    case 'file':
      return fileOf(part.file, `${path}.file`, lose)
    case 'input_audio':
      lose(NO_AUDIO, { path })
      return undefined
    default:
      part satisfies never
      lose(NO_SUCH_PART, { path })
      return undefined
  }
}

const IMAGES: ReadonlySet<string> = new Set<ImageMedia>(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

function isImage(media: string): media is ImageMedia {
  return IMAGES.has(media)
}

interface Data {
  readonly media: string
  readonly base64: string
}

/** Splits a data URL (RFC 2397); undefined when it is none, or not base64. */
function dataUrl(url: string): Data | undefined {
  const match = /^data:([^;,]*)(?:;[^;,]*)*?;base64,/i.exec(url)
  if (!match) return undefined
  return { media: mediaName(match[1] ?? ''), base64: url.slice(match[0].length).replace(/\s+/g, '') }
}

function mediaName(declared: string): string {
  const media = declared.trim().toLowerCase()
  return media === 'image/jpg' ? 'image/jpeg' : media
}

/** The first bytes of a file, as they look in base64. What a file is counts more than what it is called. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGg', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
]

function sniff(base64: string): string | undefined {
  return MAGIC.find(([start]) => base64.startsWith(start))?.[1]
}

function imageOf(url: string, path: string, lose: Lose): ImageBlock | undefined {
  if (/^https:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } }
  const data = dataUrl(url)
  if (!data) {
    lose(IMAGE_URL, { path })
    return undefined
  }
  const seen = sniff(data.base64)
  const media = seen && isImage(seen) ? seen : data.media
  if (!isImage(media)) {
    lose(IMAGE_TYPE, { path })
    return undefined
  }
  return { type: 'image', source: base64Source(media, data.base64, path, lose) }
}

function base64Source(media: ImageMedia | 'application/pdf', data: string, path: string, lose: Lose): Source {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) lose(NOT_BASE64, { path })
  return { type: 'base64', media_type: media, data }
}

/** File names' endings, for data that does not say what it is. */
const ENDINGS: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  html: 'text/html',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
}
const TEXTUAL = /^text\/|[/+](?:json|xml|yaml|x-yaml|javascript|x-ndjson)$/

type File = { [K in keyof FilePart['file']]: FilePart['file'][K] }

function fileOf(file: File, path: string, lose: Lose): ImageBlock | DocumentBlock | undefined {
  const title = file.filename ? { title: file.filename } : {}
  const ending = ENDINGS[file.filename?.split('.').at(-1)?.toLowerCase() ?? '']
  if (file.file_id) {
    if (!/^file_/.test(file.file_id)) lose(FILE_ID, { path: `${path}.file_id` })
    const source: Source = { type: 'file', file_id: file.file_id }
    return ending && isImage(ending) ? { type: 'image', source } : { type: 'document', source, ...title }
  }
  if (!file.file_data) {
    lose(NO_FILE, { path })
    return undefined
  }
  const at = `${path}.file_data`
  if (/^https:\/\//i.test(file.file_data)) {
    return { type: 'document', source: { type: 'url', url: file.file_data }, ...title }
  }
  // Bare base64 is met as well.
  const data = dataUrl(file.file_data) ?? { media: '', base64: file.file_data.replace(/\s+/g, '') }
  const declared = data.media === 'application/octet-stream' ? '' : data.media
  const media = sniff(data.base64) ?? (declared || ending || '')
  if (isImage(media)) return { type: 'image', source: base64Source(media, data.base64, at, lose) }
  if (media === 'application/pdf') {
    return { type: 'document', source: base64Source(media, data.base64, at, lose), ...title }
  }
  if (!TEXTUAL.test(media)) {
    lose(FILE_TYPE, { path: at })
    return undefined
  }
  const text = decode(data.base64)
  if (text === undefined) lose(NOT_BASE64, { path: at })
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text ?? '' }, ...title }
}

function decode(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return undefined
  }
}
