// Content parts as blocks: https://docs.anthropic.com/en/api/messages
import type { Content, FilePart, Part } from '../../../schemas/chat.ts'
import {
  bareData,
  type Data,
  dataUrl,
  type ImageMedia,
  isBase64,
  isImage,
  isText,
  mediaOf,
  sniff,
  textIn,
} from '../../hub/media.ts'
import { NO_DATA, NO_SUCH_PART, ONLY_TEXT, partAudit } from '../../hub/parts.ts'
import { clamped, type Lose, rejected } from '../../hub/support.ts'
import { cacheControlOf } from './cache.ts'
import type { Origins } from './origins.ts'
import type { Fetched } from './surface.ts'
import type { DocumentBlock, ImageBlock, ResultBlock, Source, TextBlock } from './wire.ts'

const NO_AUDIO = rejected('Messages takes no audio.')
const IMAGE_TYPE = rejected('Images must be JPEG, PNG, GIF or WebP.', 'invalid_image_format')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an https URL.', 'invalid_image_url')
const FILE_TYPE = rejected('Files must be PDF, text or images.')
const FILE_ID = rejected("The file's id is not one of this provider's.")
const NO_FILE = rejected("A file needs 'file_data' or 'file_id'.", 'missing_required_parameter')
const TITLE = clamped('Titles of documents have at most 500 characters.')
export const PART_NOTES = [
  ...[NO_AUDIO, NO_SUCH_PART, ONLY_TEXT, IMAGE_TYPE, IMAGE_URL, FILE_TYPE, FILE_ID, NO_FILE, NO_DATA],
  TITLE,
]

const auditPart = partAudit('used')

/** What the blocks of a message are made with. */
export interface Making {
  readonly lose: Lose
  readonly origins: Origins
  readonly fetched?: Fetched | undefined
}

/**
 * The blocks of a message's content. Text without a visible character is left out: the service refuses it.
 * @param path of the message: `messages[2]`.
 */
export function blocksOf(content: Content | null | undefined, path: string, making: Making): ResultBlock[] {
  if (!content) return []
  const parts: readonly Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return parts.flatMap((part, j) => {
    const at = typeof content === 'string' ? `${path}.content` : `${path}.content[${j}]`
    const block = blockOf(part, at, making)
    if (!block) return []
    if (part.type !== 'refusal') Object.assign(block, cacheControlOf(part, at, making.lose, making.origins))
    making.origins.set(block, at)
    return [block]
  })
}

/** The blocks of a message that can only hold text. */
export function textBlocksOf(content: Content | null | undefined, path: string, making: Making): TextBlock[] {
  const parts = typeof content === 'string' ? [] : (content ?? [])
  parts.forEach(({ type }: { type: string }, j) => {
    const plain = type === 'text' || type === 'refusal'
    if (!plain) making.lose(type === 'input_audio' ? NO_AUDIO : ONLY_TEXT, { path: `${path}.content[${j}]` })
  })
  return blocksOf(content, path, making).filter((block) => block.type === 'text')
}

function blockOf(part: Part, path: string, making: Making): ResultBlock | undefined {
  const { lose } = making
  auditPart(part, path, lose)
  switch (part.type) {
    case 'text':
      return textBlock(part.text)
    case 'refusal':
      return textBlock(part.refusal)
    case 'image_url':
      return imageOf(part.image_url.url, path, making)
    case 'file':
      return fileOf(part.file, path, making)
    case 'input_audio':
      return lose(NO_AUDIO, { path })
    default:
      part satisfies never
      return lose(NO_SUCH_PART, { path })
  }
}

/** A block of text, or undefined when there is nothing to read in it. */
export function textBlock(text: string | null | undefined): TextBlock | undefined {
  return text && text.trim() !== '' ? { type: 'text', text } : undefined
}

const ADDRESS = /^https:\/\//i

function imageOf(url: string, path: string, { lose, fetched }: Making): ImageBlock | undefined {
  const remote = ADDRESS.test(url)
  const data = remote ? dataAt(url, `${path}.image_url.url`, fetched) : dataUrl(url)
  if (remote && !data) return { type: 'image', source: { type: 'url', url } }
  if (!data) return lose(IMAGE_URL, { path })
  const seen = sniff(data.base64)
  const media = isImage(seen) ? seen : data.media
  if (!isImage(media)) return lose(IMAGE_TYPE, { path })
  return { type: 'image', source: base64Source(media, data.base64, `${path}.image_url.url`, lose) }
}

/** What stands at an address, once it was fetched. Until then the address is sent, or takes the place of what is. */
function dataAt(url: string, path: string, fetched: Fetched | undefined): Data | undefined {
  const media = fetched?.media.get(url)
  if (fetched && !media && !fetched.wanted.has(url)) fetched.wanted.set(url, { url, path })
  return media && { media: media.type, base64: media.base64 }
}

function base64Source(media: ImageMedia | 'application/pdf', data: string, path: string, lose: Lose): Source {
  if (!isBase64(data)) lose(NO_DATA, { path })
  return { type: 'base64', media_type: media, data }
}

type File = { [K in keyof FilePart['file']]: FilePart['file'][K] }

function fileOf(file: File, path: string, { lose, fetched }: Making): ImageBlock | DocumentBlock | undefined {
  const { file_id: id, file_data: given, filename } = file
  const named = mediaOf(filename)
  if (id) {
    if (fetched || !/^file_/.test(id)) lose(FILE_ID, { path })
    const source: Source = { type: 'file', file_id: id }
    return isImage(named) ? { type: 'image', source } : document(source, filename, path, lose)
  }
  if (!given) return lose(NO_FILE, { path: `${path}.file` })
  const at = `${path}.file.file_data`
  const data = ADDRESS.test(given) ? dataAt(given, at, fetched) : (dataUrl(given) ?? bareData(given))
  if (!data) {
    const source: Source = { type: 'url', url: given }
    return isImage(named) ? { type: 'image', source } : document(source, filename, path, lose)
  }
  const { media: declared, base64 } = data
  const media = sniff(base64) ?? ((declared === 'application/octet-stream' ? '' : declared) || named || '')
  if (isImage(media)) return { type: 'image', source: base64Source(media, base64, at, lose) }
  if (media === 'application/pdf') return document(base64Source(media, base64, at, lose), filename, path, lose)
  if (!isText(media)) return lose(FILE_TYPE, { path })
  const text = textIn(base64)
  if (!text) return lose(NO_DATA, { path: at })
  return document({ type: 'text', media_type: 'text/plain', data: text }, filename, path, lose)
}

const MAX_TITLE = 500

function document(source: Source, filename: string | null | undefined, path: string, lose: Lose): DocumentBlock {
  const long = filename && filename.length > MAX_TITLE
  const title = long ? filename.slice(0, MAX_TITLE).toWellFormed() : filename
  if (long) lose(TITLE, { path: `${path}.file.filename`, sent: title })
  return { type: 'document', source, ...(title && { title }) }
}
