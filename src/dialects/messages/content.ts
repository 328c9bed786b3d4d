// What users and tools say, as parts of a chat message: https://docs.anthropic.com/en/api/messages#body-messages-content
import type { Part } from '../../../schemas/chat.ts'
import type { Source, SpokenBlock } from '../../../schemas/messages.ts'
import { isObject } from '../../hub/json.ts'
import { dropped, emulated, type Lose, type Note, rejected } from '../../hub/support.ts'
import type { Paths } from './paths.ts'

const NO_SUCH_BLOCK = rejected('Only the Messages API itself takes a content block of this type.')
const NO_SOURCE = rejected(
  'The source has no data, or is of a type that only the Messages API itself takes.',
  'invalid_value',
)
const FLAT = emulated('What stands in the document is sent as parts of the message.')
const AS_TEXT = emulated('A search result is sent as text.')
const NO_CITATIONS = dropped('Only the Messages API itself cites documents.')
const NO_CONTEXT = dropped('A document has no context here.')
const NO_RESIZING = dropped('How large images are treated is the provider’s own decision.')
export const PART_NOTES: readonly Note[] = [
  ...[NO_SUCH_BLOCK, NO_SOURCE, FLAT, AS_TEXT, NO_CITATIONS, NO_CONTEXT, NO_RESIZING],
]

export interface Telling {
  readonly lose: Lose
  readonly paths: Paths
}

/**
 * The parts that blocks become.
 * @param own where the blocks stand: `messages[2].content`.
 * @param hub where the parts will stand.
 */
export function partsOf(
  blocks: readonly { readonly at: string; readonly block: SpokenBlock }[],
  hub: string,
  telling: Telling,
): Part[] {
  const out: Part[] = []
  for (const { at, block } of blocks) {
    const parts = partsIn(block, at, telling)
    for (const part of parts) telling.paths.set(`${hub}[${out.push(part) - 1}]`, at)
    const last = parts.at(-1)
    const { cache_control: mark } = block
    if (mark && last && last.type !== 'refusal') last.cache_control = mark
  }
  return out
}

function partsIn(block: SpokenBlock, path: string, { lose }: Telling): Part[] {
  const { type } = block
  switch (block.type) {
    case 'text':
      return block.text === '' ? [] : [{ type: 'text', text: block.text }]
    case 'image':
      if (block.transformations) lose(NO_RESIZING, { path: `${path}.transformations` })
      return [imagePart(block.source) ?? missing(lose, path)]
    case 'document':
      if (block.citations?.enabled) lose(NO_CITATIONS, { path: `${path}.citations` })
      if (block.context) lose(NO_CONTEXT, { path: `${path}.context` })
      return documentParts(block.source, block.title ?? undefined, path, lose)
    case 'search_result': {
      if (block.citations?.enabled) lose(NO_CITATIONS, { path: `${path}.citations` })
      lose(AS_TEXT, { path })
      const said = block.content.map((one) => one.text ?? '').join('\n')
      return [{ type: 'text', text: `${block.title}\n${block.source}\n\n${said}` }]
    }
    default:
      block satisfies never
      lose(NO_SUCH_BLOCK, { path: `${path}.type` })
      throw new TypeError(`A block of type ${type} was let through.`)
  }
}

function missing(lose: Lose, path: string): never {
  lose(NO_SOURCE, { path: `${path}.source` })
  throw new TypeError('A rejection did not throw.')
}

function imagePart({ type, media_type, data, url, file_id: id }: Source): Part | undefined {
  if (type === 'base64' && data)
    return { type: 'image_url', image_url: { url: `data:${media_type ?? ''};base64,${data}` } }
  if (type === 'url' && url) return { type: 'image_url', image_url: { url } }
  if (type === 'file' && id) return { type: 'file', file: { file_id: id } }
  return undefined
}

function documentParts(source: Source, title: string | undefined, path: string, lose: Lose): Part[] {
  const { type, media_type, data, url, file_id, content } = source
  const named = title === undefined ? {} : { filename: title }
  const file = (what: object): Part[] => [{ type: 'file', file: { ...named, ...what } }]
  if (type === 'base64' && data) return file({ file_data: `data:${media_type ?? 'application/pdf'};base64,${data}` })
  if (type === 'text' && data) return file({ file_data: `data:text/plain;base64,${base64(data)}` })
  if (type === 'url' && url) return file({ file_data: url })
  if (type === 'file' && file_id) return file({ file_id })
  if (type !== 'content' || !content) return missing(lose, path)
  lose(FLAT, { path: `${path}.source` })
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return (Array.isArray(content) ? content : []).flatMap((one: unknown): Part[] => {
    if (isObject(one) && one.type === 'text' && typeof one.text === 'string') return [{ type: 'text', text: one.text }]
    const image = isObject(one) && one.type === 'image' && isObject(one.source) && imagePart(one.source as Source)
    return image ? [image] : missing(lose, path)
  })
}

function base64(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
