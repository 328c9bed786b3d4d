// Content parts of items as those of chat messages. https://platform.openai.com/docs/api-reference/responses/create
import type { Part } from '../../../schemas/chat.ts'
import type { ItemContent, ItemPart } from '../../../schemas/responses.ts'
import { audit, dropped, type Lose, rejected } from '../../hub/support.ts'
import { keys } from './keys.ts'

const NO_PART = rejected('The gateway knows no content part of this type.', 'invalid_value')
const NO_FILES = rejected('Files that were uploaded elsewhere are not at hand: send the data, or an address.')
const NO_IMAGE = rejected("An image needs 'image_url'.", 'missing_required_parameter')
const NO_FILE = rejected("A file needs 'file_data' or 'file_url'.", 'missing_required_parameter')
const SECOND = dropped("'file_data' is sent instead.")

/** Every loss that a content part may meet on its way into the hub. */
export const PART_NOTES = [NO_PART, NO_FILES, NO_IMAGE, NO_FILE, SECOND]

const MARKS = 'prompt_cache_breakpoint cache_control'

/** What becomes of each key of a part; those of an answer that was sent back say nothing new. */
const KEYS = {
  input_text: keys(`type text ${MARKS}`),
  output_text: keys(`type text ${MARKS}`, 'annotations logprobs parsed'),
  refusal: keys('type refusal'),
  input_image: keys(`type image_url file_id detail ${MARKS}`),
  input_file: keys(`type file_data file_url file_id filename ${MARKS}`, 'detail'),
  input_audio: keys(`type input_audio ${MARKS}`),
}

/** A content as chat has it: a text stays one. @param path of the item's content. */
export function contentOf(content: ItemContent, path: string, lose: Lose): string | Part[] {
  if (typeof content === 'string') return content
  return content.flatMap((part, i) => partOf(part, `${path}[${i}]`, lose) ?? [])
}

function partOf(part: ItemPart, path: string, lose: Lose): Part | undefined {
  if (!Object.hasOwn(KEYS, part.type)) return lose(NO_PART, { path })
  audit(part, KEYS[part.type], path, lose)
  const { prompt_cache_breakpoint, cache_control } = part
  const marks = { ...(prompt_cache_breakpoint && { prompt_cache_breakpoint }), ...(cache_control && { cache_control }) }
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: part.text, ...marks }
    case 'refusal':
      return { type: 'refusal', refusal: part.refusal }
    case 'input_image': {
      const { image_url: url, file_id: id, detail } = part
      if (!url) return lose(id ? NO_FILES : NO_IMAGE, { path: id ? `${path}.file_id` : `${path}.image_url` })
      return { type: 'image_url', image_url: { url, ...(detail && { detail }) }, ...marks }
    }
    case 'input_file': {
      const { file_data: data, file_url: url, file_id: id, filename } = part
      const given = data || url
      if (!given && !id) return lose(NO_FILE, { path: `${path}.file_data` })
      if (data && url) lose(SECOND, { path: `${path}.file_url` })
      const named = filename ? { filename } : {}
      return { type: 'file', file: { ...(given ? { file_data: given } : { file_id: id }), ...named }, ...marks }
    }
    default:
      return { type: 'input_audio', input_audio: part.input_audio, ...marks }
  }
}
