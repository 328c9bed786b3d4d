// Content parts: https://docs.cohere.com/v2/reference/chat
import type { Content, ImagePart } from '../../../schemas/chat.ts'
import { dataUrl, isBase64, isImage, sniff } from '../../hub/media.ts'
import { NO_DATA, NO_SUCH_PART, ONLY_TEXT, partAudit } from '../../hub/parts.ts'
import { dropped, type Lose, rejected } from '../../hub/support.ts'
import type { Detail, ImageItem, TextItem } from './wire.ts'

const NO_AUDIO = rejected('Chat takes no audio.')
const NO_FILES = rejected("Chat takes no files: texts can be sent as 'documents'.")
const BLIND = rejected('This model takes no images.')
const IMAGE_TYPE = rejected('Images must be JPEG, PNG, GIF or WebP.', 'invalid_image_format')
const IMAGE_URL = rejected('An image is a data URL with base64 data, or an https URL.', 'invalid_image_url')
const NO_DETAIL = dropped("Details of images are 'auto', 'low' or 'high'.")
export const PART_NOTES = [
  ...[NO_AUDIO, NO_FILES, NO_SUCH_PART, ONLY_TEXT, BLIND, IMAGE_TYPE, IMAGE_URL, NO_DATA],
  NO_DETAIL,
]

/** The service finds the beginnings that it has seen before by itself. */
const auditPart = partAudit('inert')

/**
 * The items of a user's content. Text without a visible character is left out: the service refuses it.
 * @param path of the message: `messages[2]`.
 * @param sees false: the model is known to take no images.
 */
export function itemsOf(
  content: Content | null | undefined,
  path: string,
  sees: boolean,
  lose: Lose,
): (TextItem | ImageItem)[] {
  if (typeof content === 'string') return textItems(content)
  return (content ?? []).flatMap((part, j): (TextItem | ImageItem)[] => {
    const at = `${path}.content[${j}]`
    auditPart(part, at, lose)
    switch (part.type) {
      case 'text':
        return textItems(part.text)
      case 'refusal':
        return textItems(part.refusal)
      case 'image_url': {
        if (!sees) lose(BLIND, { path: at })
        const image = imageOf(part.image_url, at, lose)
        return image ? [image] : []
      }
      case 'input_audio':
        lose(NO_AUDIO, { path: at })
        return []
      case 'file':
        lose(NO_FILES, { path: at })
        return []
      default:
        part satisfies never
        lose(NO_SUCH_PART, { path: at })
        return []
    }
  })
}

/** The texts of a message that can hold nothing else. */
export function textsOf(content: Content | null | undefined, path: string, lose: Lose): string[] {
  const parts = typeof content === 'string' ? [] : (content ?? [])
  parts.forEach(({ type }: { type: string }, j) => {
    if (type === 'image_url') lose(ONLY_TEXT, { path: `${path}.content[${j}]` })
  })
  return itemsOf(content, path, true, lose).flatMap((item) => (item.type === 'text' ? item.text : []))
}

/** One item, or none where there is nothing to read. */
export function textItems(text: string | null | undefined): TextItem[] {
  return text && text.trim() !== '' ? [{ type: 'text', text }] : []
}

const DETAILS: ReadonlySet<string> = new Set<Detail>(['auto', 'low', 'high'])

function isDetail(detail: string | null | undefined): detail is Detail {
  return typeof detail === 'string' && DETAILS.has(detail)
}

function imageOf(image: ImagePart['image_url'], path: string, lose: Lose): ImageItem | undefined {
  const { url: given, detail } = image
  const url = urlOf(given, path, lose)
  if (url === undefined) return undefined
  if (detail && !isDetail(detail)) lose(NO_DETAIL, { path: `${path}.image_url.detail` })
  return { type: 'image_url', image_url: { url, ...(isDetail(detail) && { detail }) } }
}

function urlOf(given: string, path: string, lose: Lose): string | undefined {
  if (/^https:\/\//i.test(given)) return given
  const data = dataUrl(given)
  if (!data) return lose(IMAGE_URL, { path })
  const seen = sniff(data.base64)
  const media = isImage(seen) ? seen : data.media
  if (!isImage(media)) return lose(IMAGE_TYPE, { path })
  if (!isBase64(data.base64)) return lose(NO_DATA, { path: `${path}.image_url.url` })
  return `data:${media};base64,${data.base64}`
}
