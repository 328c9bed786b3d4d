// Content parts as blocks. The service takes bytes only: what is named by an address is fetched first.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import type { AudioPart, Content, FilePart, Part } from '../../../schemas/chat.ts'
import { bareData, dataUrl, type ImageMedia, isBase64, isImage, mediaOf, sniff } from '../../hub/media.ts'
import { NO_DATA, NO_SUCH_PART, ONLY_TEXT, partAudit } from '../../hub/parts.ts'
import type { Media, RemoteMedia } from '../../hub/provider.ts'
import { clamped, type Lose, rejected } from '../../hub/support.ts'
import { formatOf, type Titles } from './documents.ts'
import type { Piece, Points } from './points.ts'
import type { DocumentFormat, ImageFormat, PartBlock, TextBlock } from './wire.ts'

const NO_AUDIO = rejected('This model takes no audio.')
const AUDIO_FORMAT = rejected('Audio must be one of mp3, opus, wav, aac, flac, mp4, ogg, mkv.', 'invalid_value')
const IMAGE_TYPE = rejected('Images must be JPEG, PNG, GIF or WebP.', 'invalid_image_format')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an http URL.', 'invalid_image_url')
const FILE_TYPE = rejected('Files must be PDF, Word, Excel, HTML, Markdown, CSV, text or images.')
const FILE_ID = rejected('There is no store of files here: send the file itself.')
const NO_FILE = rejected("A file needs 'file_data'.", 'missing_required_parameter')
const RENAMED = clamped(
  'Documents have names of letters, digits, single spaces, hyphens and brackets, each of them once.',
)
/** Every loss that a part may meet. */
export const PART_NOTES = [
  ...[NO_AUDIO, AUDIO_FORMAT, NO_SUCH_PART, ONLY_TEXT, IMAGE_TYPE, IMAGE_URL],
  ...[FILE_TYPE, FILE_ID, NO_FILE, NO_DATA, RENAMED],
]

const auditPart = partAudit('used')

/** What the blocks of a request are made with. */
export interface Making {
  readonly lose: Lose
  readonly points: Points
  readonly titles: Titles
  readonly hears: boolean
  /** What addresses held, once it was fetched. */
  readonly media: ReadonlyMap<string, Media> | undefined
  /** Addresses that have to be fetched. */
  readonly urls: RemoteMedia[]
}

/**
 * The blocks of a message's content, with the cache points behind them. Text without a visible character is left out:
 * the service refuses it.
 * @param path of the message: `messages[2]`.
 */
export function piecesOf(content: Content | null | undefined, path: string, making: Making): Piece<PartBlock>[] {
  if (!content) return []
  if (typeof content === 'string') return said(content)
  return content.flatMap((part, j): Piece<PartBlock>[] => {
    const at = `${path}.content[${j}]`
    const block = blockOf(part, at, making)
    if (!block) return []
    return [{ block, point: part.type === 'refusal' ? undefined : making.points.of(part, at) }]
  })
}

/** The pieces of a message that can only hold text. */
export function textsOf(content: Content | null | undefined, path: string, making: Making): Piece<TextBlock>[] {
  const parts = typeof content === 'string' ? [] : (content ?? [])
  parts.forEach(({ type }: { type: string }, j) => {
    if (type !== 'text' && type !== 'refusal') making.lose(ONLY_TEXT, { path: `${path}.content[${j}]` })
  })
  return piecesOf(content, path, making).flatMap(({ block, point }) => ('text' in block ? [{ block, point }] : []))
}

/** A text as a piece, or nothing where there is nothing to read in it. */
export function said(text: string | null | undefined): Piece<TextBlock>[] {
  return text && text.trim() !== '' ? [{ block: { text } }] : []
}

function blockOf(part: Part, path: string, making: Making): PartBlock | undefined {
  const { lose } = making
  auditPart(part, path, lose)
  switch (part.type) {
    case 'text':
      return said(part.text)[0]?.block
    case 'refusal':
      return said(part.refusal)[0]?.block
    case 'image_url':
      return imageOf(part.image_url.url, path, making)
    case 'file':
      return fileOf(part.file, path, making)
    case 'input_audio':
      return audioOf(part.input_audio, path, making)
    default:
      part satisfies never
      return lose(NO_SUCH_PART, { path })
  }
}

/** What stands at an address, once it was fetched. */
function fetched(url: string, path: string, { media, urls }: Making): Media | undefined {
  const known = media?.get(url)
  if (!known && !urls.some((one) => one.url === url)) urls.push({ url, path })
  return known
}

const REMOTE = /^https?:\/\//i

function imageOf(url: string, path: string, making: Making): PartBlock | undefined {
  const at = `${path}.image_url.url`
  if (REMOTE.test(url)) {
    const found = fetched(url, at, making)
    return found ? imageIn(found.type, found.base64, path, at, making.lose) : image('image/png', '')
  }
  const data = dataUrl(url)
  return data ? imageIn(data.media, data.base64, path, at, making.lose) : making.lose(IMAGE_URL, { path })
}

function imageIn(declared: string, base64: string, path: string, at: string, lose: Lose): PartBlock | undefined {
  const seen = sniff(base64)
  const media = isImage(seen) ? seen : declared
  if (!isImage(media)) return lose(IMAGE_TYPE, { path })
  if (!isBase64(base64)) return lose(NO_DATA, { path: at })
  return image(media, base64)
}

function image(media: ImageMedia, bytes: string): PartBlock {
  // The formats are the second halves of the types.
  const format = media.slice('image/'.length) as ImageFormat
  return { image: { format, source: { bytes } } }
}

type File = { [K in keyof FilePart['file']]: FilePart['file'][K] }

function fileOf(file: File, path: string, making: Making): PartBlock | undefined {
  const { lose } = making
  const { file_id: id, file_data: given, filename } = file
  if (!given) return id ? lose(FILE_ID, { path }) : lose(NO_FILE, { path: `${path}.file` })
  const at = `${path}.file.file_data`
  const found = REMOTE.test(given) ? fetched(given, at, making) : undefined
  if (REMOTE.test(given) && !found) return documentOf('pdf', '', filename, path, making)
  const { media: declared, base64 } = found ? { media: found.type, ...found } : (dataUrl(given) ?? bareData(given))
  const vague = /^(?:application\/octet-stream|binary\/octet-stream|)$/.test(declared)
  const media = sniff(base64) ?? (vague ? (mediaOf(filename) ?? '') : declared)
  if (isImage(media)) return imageIn(media, base64, path, at, lose)
  const format = formatOf(media, filename)
  if (!format) return lose(FILE_TYPE, { path })
  if (!isBase64(base64)) return lose(NO_DATA, { path: at })
  return documentOf(format, base64, filename, path, making)
}

function documentOf(
  format: DocumentFormat,
  bytes: string,
  filename: string | null | undefined,
  path: string,
  { lose, titles }: Making,
): PartBlock {
  const name = titles.of(filename)
  // The ending is told by the format.
  if (filename && name !== filename.replace(/\.[^.]*$/, ''))
    lose(RENAMED, { path: `${path}.file.filename`, sent: name })
  return { document: { format, name, source: { bytes } } }
}

const AUDIO: ReadonlySet<string> = new Set(['mp3', 'opus', 'wav', 'aac', 'flac', 'mp4', 'ogg', 'mkv'])

function audioOf(
  { data, format }: AudioPart['input_audio'],
  path: string,
  { hears, lose }: Making,
): PartBlock | undefined {
  if (!hears) return lose(NO_AUDIO, { path })
  if (!AUDIO.has(format)) return lose(AUDIO_FORMAT, { path: `${path}.input_audio.format` })
  const { base64 } = dataUrl(data) ?? bareData(data)
  if (!isBase64(base64)) return lose(NO_DATA, { path: `${path}.input_audio.data` })
  return { audio: { format, source: { bytes: base64 } } }
}
