// Content as the service has it: https://docs.mistral.ai/capabilities/vision, …/audio, …/document_ai, …/reasoning
import { at } from '../../hub/json.ts'
import { bareData, dataUrl, isImage, isText, mediaOf, sniff, textIn } from '../../hub/media.ts'
import { emulated, type Lose, type Note, rejected } from '../../hub/support.ts'
import type { Body } from '../openai-compatible/like.ts'

const AS_TEXT = emulated('A file of text is sent as text.')
const NOT_THERE = rejected("A file needs 'file_data' or 'file_id'.", 'invalid_value')
const NOT_KNOWN = rejected('What type of file this is, neither its data nor its name says.')

/** What becomes of content. */
export const CONTENT_NOTES: readonly Note[] = [AS_TEXT, NOT_THERE, NOT_KNOWN]

/** Documents that the service reads beside PDF, by the endings of their names. */
const OFFICE = 'application/vnd.openxmlformats-officedocument.'
const DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/\.docx$/i, `${OFFICE}wordprocessingml.document`],
  [/\.pptx$/i, `${OFFICE}presentationml.presentation`],
]

/** Text, or parts in the service's own form. */
export function contentOf(content: unknown, path: string, lose: Lose): unknown {
  if (!Array.isArray(content)) return content ?? ''
  return content.map((part: Body, i) => partOf(part, `${path}.content[${i}]`, lose))
}

function partOf(part: Body, path: string, lose: Lose): Body {
  if (part.type === 'input_audio') return { type: 'input_audio', input_audio: at(part.input_audio, 'data') }
  return part.type === 'file' ? fileOf(part, path, lose) : part
}

function fileOf({ file }: Body, path: string, lose: Lose): Body {
  const [id, data, name] = [at(file, 'file_id'), at(file, 'file_data'), at(file, 'filename')]
  if (typeof data !== 'string') {
    if (typeof id !== 'string') lose(NOT_THERE, { path })
    return { type: 'file', file_id: id }
  }
  const filename = typeof name === 'string' ? name : ''
  const document_name = filename === '' ? {} : { document_name: filename }
  if (/^https?:/i.test(data)) return { type: 'document_url', document_url: data, ...document_name }
  const { media: declared, base64 } = dataUrl(data) ?? bareData(data)
  const [, office] = DOCUMENTS.find(([ending]) => ending.test(filename)) ?? []
  const media = sniff(base64) ?? (declared || mediaOf(filename)) ?? office ?? ''
  if (media === '') lose(NOT_KNOWN, { path })
  const url = `data:${media};base64,${base64}`
  if (isImage(media)) return { type: 'image_url', image_url: { url } }
  const text = isText(media) ? textIn(base64) : undefined
  if (text === undefined) return { type: 'document_url', document_url: url, ...document_name }
  lose(AS_TEXT, { path })
  return { type: 'text', text }
}

/** What was thought, as parts that stand before the text. Signatures of other services mean nothing here. */
export function thinkingOf({ reasoning, reasoning_details: details }: Body): Body[] {
  if (typeof reasoning === 'string') return [thinking(reasoning, undefined)]
  return (Array.isArray(details) ? details : []).flatMap((one: unknown) => {
    const [text, signature] = [at(one, 'text') ?? at(one, 'summary'), at(one, 'signature')]
    if (typeof text !== 'string' || text === '') return []
    return [thinking(text, (at(one, 'format') ?? 'unknown') === 'unknown' ? signature : undefined)]
  })
}

function thinking(text: string, signature: unknown): Body {
  return {
    type: 'thinking',
    thinking: [{ type: 'text', text }],
    closed: true,
    ...(typeof signature === 'string' && { signature }),
  }
}
