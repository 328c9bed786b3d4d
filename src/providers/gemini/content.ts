// Content parts as parts of a turn: https://ai.google.dev/api/caching#Part
import type { Content, FilePart, Part } from '../../../schemas/chat.ts'
import { at } from '../../hub/json.ts'
import { bareData, dataUrl, isBase64, isText, mediaOf, sniff } from '../../hub/media.ts'
import { NO_DATA, NO_SUCH_PART, ONLY_TEXT, partAudit } from '../../hub/parts.ts'
import { audit, dropped, type Lose, rejected } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { Fetched, Surface } from './surface.ts'
import type { SentPart } from './wire.ts'

const IMAGE_TYPE = rejected('Images must be PNG, JPEG, WebP, HEIC or HEIF.', 'invalid_image_format')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an address on the web.', 'invalid_image_url')
const MEDIA_TYPE = rejected('Files must be PDF, text, images, audio or video.')
const FILE_ID = rejected("The file's id is not one of this provider's.")
const NO_FILE = rejected("A file needs 'file_data' or 'file_id'.", 'missing_required_parameter')
const NO_FILENAME = dropped('Files have no names here.')
export const PART_NOTES = [
  ...[NO_SUCH_PART, ONLY_TEXT, IMAGE_TYPE, IMAGE_URL, MEDIA_TYPE, FILE_ID, NO_FILE, NO_DATA],
  NO_FILENAME,
]

const auditPart = partAudit('inert')
const VIDEO_KEYS = {
  type: 'used',
  video_url: 'used',
  prompt_cache_breakpoint: 'inert',
  cache_control: 'inert',
} as const

/** From what is sent to its path in the client's request: `messages[2].content[0]`. */
export type Origins = Map<object, string>

/** What the parts of a message are made with. */
export interface Making {
  readonly lose: Lose
  readonly origins: Origins
  readonly surface: Surface
  readonly family: Family
  readonly fetched: Fetched
}

/**
 * The parts of a message's content; empty text is none.
 * @param path of the message: `messages[2]`.
 */
export function partsOf(content: Content | null | undefined, path: string, making: Making): SentPart[] {
  if (!content) return []
  const parts: readonly Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return parts.flatMap((part, j) => {
    const here = typeof content === 'string' ? `${path}.content` : `${path}.content[${j}]`
    const sent = partOf(part, here, making)
    if (!sent) return []
    making.origins.set(sent, here)
    return [sent]
  })
}

/** The parts of a message that can only hold text. */
export function textPartsOf(content: Content | null | undefined, path: string, making: Making): SentPart[] {
  const parts = typeof content === 'string' ? [] : (content ?? [])
  parts.forEach(({ type }: { type: string }, j) => {
    if (type !== 'text' && type !== 'refusal') making.lose(ONLY_TEXT, { path: `${path}.content[${j}]` })
  })
  return partsOf(content, path, making)
}

export function textPart(text: string | null | undefined): SentPart | undefined {
  return text ? { text } : undefined
}

function partOf(part: Part, path: string, making: Making): SentPart | undefined {
  const { lose } = making
  auditPart(part, path, lose)
  switch (part.type) {
    case 'text':
      return textPart(part.text)
    case 'refusal':
      return textPart(part.refusal)
    case 'image_url':
      return imagePart(part.image_url.url, path, making)
    case 'input_audio': {
      const { data, format } = part.input_audio
      const { base64 } = dataUrl(data) ?? bareData(data)
      return inline(`audio/${format.toLowerCase()}`, base64, `${path}.input_audio.data`, path, making)
    }
    case 'file':
      return filePart(part.file, path, making)
    default:
      part satisfies never
      return otherPart(part, path, making)
  }
}

/** Video has no part of OpenAI's; this is the one that several services share. */
function otherPart(part: object, path: string, making: Making): SentPart | undefined {
  const url = at(at(part, 'video_url'), 'url')
  if (at(part, 'type') !== 'video_url' || typeof url !== 'string') return making.lose(NO_SUCH_PART, { path })
  audit(part, VIDEO_KEYS, path, making.lose)
  const data = dataUrl(url)
  if (data) return inline(data.media, data.base64, `${path}.video_url.url`, path, making)
  return byAddress(url, `${path}.video_url.url`, path, named(url) ?? 'video/mp4', making)
}

/** @param path of the part, for what is told of its type. */
export function imagePart(url: string, path: string, making: Making): SentPart | undefined {
  const data = dataUrl(url)
  const here = `${path}.image_url.url`
  if (data) return inline(data.media, data.base64, here, path, making)
  return byAddress(url, here, path, named(url), making)
}

type File = { [K in keyof FilePart['file']]: FilePart['file'][K] }

function filePart(file: File, path: string, making: Making): SentPart | undefined {
  const { lose, surface } = making
  const { file_id: id, file_data: given, filename } = file
  const type = named(filename)
  const address = id ? fileAddress(id) : given && /^(?:https?|gs):\/\//i.test(given) ? given : undefined
  if (id && address === undefined) return lose(FILE_ID, { path })
  if (address === undefined && !given) return lose(NO_FILE, { path: `${path}.file` })
  let part: SentPart | undefined
  if (address !== undefined) {
    part = byAddress(address, `${path}.file.${id ? 'file_id' : 'file_data'}`, path, type ?? named(address), making)
  } else {
    const { media, base64 } = dataUrl(given ?? '') ?? bareData(given ?? '')
    const declared = media === 'application/octet-stream' ? '' : media
    part = inline(declared || type || '', base64, `${path}.file.file_data`, path, making)
  }
  const data = part?.inlineData ?? part?.fileData
  if (!filename || !data) return part
  if (surface.displayNames)
    return part?.inlineData
      ? { inlineData: { ...part.inlineData, displayName: filename } }
      : { fileData: { fileUri: '', ...part?.fileData, displayName: filename } }
  lose(NO_FILENAME, { path: `${path}.file.filename` })
  return part
}

/** A file of the Files API by its name, or any address. */
function fileAddress(id: string): string | undefined {
  if (/^(?:https?|gs):\/\//i.test(id)) return id
  return /^files\/[\w-]+$/.test(id) ? `https://generativelanguage.googleapis.com/v1beta/${id}` : undefined
}

const TAKEN = /^(?:image\/(?:png|jpeg|webp|heic|heif)|application\/pdf|(?:text|audio|video)\/[\w.+-]+)$/

/** A drawing in XML is still no text to whoever shows it. */
function isTextual(type: string): boolean {
  return isText(type) && !type.startsWith('image/')
}

/** @param declared the media type that somebody says; the first bytes know better. */
function inline(declared: string, base64: string, here: string, path: string, { lose }: Making): SentPart | undefined {
  const type = sniff(base64) ?? declared
  const mimeType = TAKEN.test(type) || !isTextual(type) ? type : 'text/plain'
  if (!TAKEN.test(mimeType)) return lose(/^image\//.test(type) ? IMAGE_TYPE : MEDIA_TYPE, { path })
  if (!isBase64(base64)) lose(NO_DATA, { path: here })
  return { inlineData: { mimeType, data: base64 } }
}

function byAddress(
  url: string,
  here: string,
  path: string,
  type: string | undefined,
  making: Making,
): SentPart | undefined {
  const { surface, family, fetched, lose } = making
  if (type !== undefined && !TAKEN.test(type) && !isTextual(type)) {
    return lose(/^image\//.test(type) ? IMAGE_TYPE : MEDIA_TYPE, { path })
  }
  if (surface.refers(url, family, type)) {
    return { fileData: { ...(type && { mimeType: type }), fileUri: url } }
  }
  if (!/^https?:\/\//i.test(url)) return lose(IMAGE_URL, { path })
  const got = fetched.media.get(url)
  if (got)
    return inline(got.type === 'application/octet-stream' ? (type ?? '') : got.type, got.base64, here, path, making)
  fetched.wanted.set(url, { url, path: here })
  return { fileData: { fileUri: url } }
}

/** Endings of what has a sound or moves, and of the pictures that telephones make. */
const ENDINGS: Readonly<Record<string, string>> = {
  heic: 'image/heic',
  heif: 'image/heif',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  aac: 'audio/aac',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  aiff: 'audio/aiff',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpg',
  mov: 'video/mov',
  avi: 'video/avi',
  webm: 'video/webm',
  wmv: 'video/wmv',
  flv: 'video/x-flv',
  '3gp': 'video/3gpp',
}

/** The media type that a file's name or address tells. */
function named(name: string | null | undefined): string | undefined {
  if (!name) return undefined
  if (YOUTUBE.test(name)) return 'video/mp4'
  const plain = /^[a-z]+:/i.test(name) ? name.replace(/[?#].*$/s, '').replace(/^[a-z]+:\/*[^/]*/i, '') : name
  const ending = plain.split('.').at(-1)?.toLowerCase() ?? ''
  return mediaOf(plain) ?? (plain.includes('.') && Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined)
}

export const YOUTUBE = /^https:\/\/(?:www\.|m\.)?(?:youtube\.com\/(?:watch|live|shorts|embed)|youtu\.be\/)/i
