// What is inside blocks: images, documents, signatures, cache marks, length. Cites: Content blocks; Thinking; Limits.
import { tokensOf } from '../../tokens.ts'
import { decode, type Verdict, verify } from '../signature.ts'
import { type Block, blocksOf, type CacheControl, type Message, type MessagesBody } from '../wire.ts'
import type { Rule } from './rule.ts'

const MARKS = 4
const IMAGE_BYTES = 5 * 1024 * 1024
/** How many images and documents a request may hold, by the size of the model's window. */
const mediaLimit = (window: number): number => (window > 200_000 ? 600 : 100)

/** How the files of a media type begin. */
const MAGIC: Readonly<Record<string, (head: Buffer) => boolean>> = {
  'image/png': (head) => head.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47])),
  'image/jpeg': (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/gif': (head) => head.toString('latin1', 0, 4) === 'GIF8',
  'image/webp': (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  'application/pdf': (head) => head.toString('latin1', 0, 5) === '%PDF-',
}

/** Every block that can hold a source, with its path; those inside results included. */
function* sources(messages: readonly Message[]): Generator<readonly [Block, string]> {
  for (const [index, { content }] of messages.entries()) {
    for (const [place, block] of blocksOf(content).entries()) {
      const path = `messages.${index}.content.${place}`
      yield [block, `${path}.${block.type}`]
      if (block.type !== 'tool_result') continue
      for (const [inner, part] of blocksOf(block.content).entries()) {
        yield [part, `${path}.tool_result.content.${inner}.${part.type}`]
      }
    }
  }
}

const base64Of = ({ source }: Block): { readonly media: string; readonly data: string } | undefined =>
  source?.type === 'base64' ? { media: source.media_type ?? '', data: source.data ?? '' } : undefined

/** Cache marks in the order in which the service works: tools, system, messages. */
function marksOf(body: MessagesBody): readonly (readonly [CacheControl, string])[] {
  const marks: (readonly [CacheControl, string])[] = []
  const collect = (holder: { readonly cache_control?: CacheControl | null }, path: string) => {
    if (holder.cache_control) marks.push([holder.cache_control, `${path}.cache_control`])
  }
  for (const [index, tool] of (body.tools ?? []).entries()) collect(tool, `tools.${index}`)
  for (const [index, block] of blocksOf(body.system).entries()) collect(block, `system.${index}`)
  for (const [block, path] of sources(body.messages)) collect(block, path)
  collect(body, 'cache_control')
  return marks
}

const FAULTS: Readonly<Record<Exclude<Verdict, 'good'>, (path: string) => string>> = {
  forged: (path) => `${path}: Invalid \`signature\` in \`thinking\` block`,
  moved: (path) =>
    `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block"`,
}

export const content: readonly Rule[] = [
  {
    name: 'base64 of a source',
    cites: 'Content blocks, image and document',
    refuse: ({ body }) => {
      for (const [block, path] of sources(body.messages)) {
        const source = base64Of(block)
        if (source && !decode(source.data)) return `${path}.source.base64.data: Invalid base64 data`
      }
      return undefined
    },
  },
  {
    name: 'source is of its media type',
    cites: 'Content blocks, image and document',
    refuse: ({ body }) => {
      for (const [block, path] of sources(body.messages)) {
        const source = base64Of(block)
        if (!source || MAGIC[source.media]?.(Buffer.from(source.data.slice(0, 64), 'base64'))) continue
        return block.type === 'image'
          ? `${path}.source.base64.data: Image does not match the provided media type ${source.media}`
          : `${path}.source.base64.data: The PDF specified was not valid.`
      }
      return undefined
    },
  },
  {
    name: 'image of at most 5 MB',
    cites: 'Limits, images',
    refuse: ({ body }) => {
      for (const [block, path] of sources(body.messages)) {
        const bytes = block.type === 'image' ? Buffer.byteLength(base64Of(block)?.data ?? '', 'base64') : 0
        if (bytes > IMAGE_BYTES) {
          return `${path}.source.base64: image exceeds 5 MB maximum: ${bytes} bytes > ${IMAGE_BYTES} bytes`
        }
      }
      return undefined
    },
  },
  {
    name: 'not too many images and documents',
    cites: 'Limits, images and PDF',
    refuse: ({ body, model }) => {
      const kinds = [...sources(body.messages)].map(([{ type }]) => type)
      const images = kinds.filter((kind) => kind === 'image').length
      const documents = kinds.filter((kind) => kind === 'document').length
      const limit = mediaLimit(model.window)
      return images + documents > limit
        ? `messages: too many images and documents: ${images} + ${documents} > ${limit}`
        : undefined
    },
  },
  {
    name: 'sources by URL are https',
    cites: 'Content blocks, image and document',
    refuse: ({ body }) => {
      for (const [{ source }, path] of sources(body.messages)) {
        if (source?.type !== 'url' || ('url' in source && /^https:\/\//.test(String(source.url)))) continue
        return `${path}.source.url: Only HTTPS URLs are supported.`
      }
      return undefined
    },
  },
  {
    name: 'thinking keeps its signature',
    cites: 'Thinking, signatures',
    refuse: ({ body, model }) => {
      const dropsMoved = body.thinking?.block_binding?.prefix_mismatch_behavior === 'drop_block'
      for (const [index, message] of body.messages.entries()) {
        for (const [place, block] of blocksOf(message.content).entries()) {
          if (block.type !== 'thinking') continue
          const verdict = verify(block, body, index, model)
          if (verdict === 'good' || (verdict === 'moved' && dropsMoved)) continue
          return FAULTS[verdict](`messages.${index}.content.${place}`)
        }
      }
      return undefined
    },
  },
  {
    name: 'redacted thinking is base64',
    cites: 'Thinking, signatures',
    refuse: ({ body }) => {
      for (const [index, message] of body.messages.entries()) {
        for (const [place, { type, data = '' }] of blocksOf(message.content).entries()) {
          if (type !== 'redacted_thinking' || decode(data)) continue
          return `messages.${index}.content.${place}: Invalid \`data\` in \`redacted_thinking\` block`
        }
      }
      return undefined
    },
  },
  {
    name: 'at most four cache marks',
    cites: 'Limits, cache',
    refuse: ({ body }) => {
      const { length } = marksOf(body)
      return length > MARKS
        ? `A maximum of ${MARKS} blocks with cache_control may be provided. Found ${length}.`
        : undefined
    },
  },
  {
    name: 'long cache marks come first',
    cites: 'Limits, cache',
    refuse: ({ body }) => {
      const marks = marksOf(body)
      const short = marks.findIndex(([{ ttl }]) => ttl !== '1h')
      const late = marks.find(([{ ttl }], index) => ttl === '1h' && short >= 0 && index > short)
      return late
        ? `${late[1]}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`
        : undefined
    },
  },
  {
    name: 'prompt fits the window',
    cites: 'Errors, prompt too long; Models, Ctx',
    refuse: ({ body, model }) => {
      const tokens = tokensOf([body.tools, body.system, body.messages])
      return tokens > model.window ? `prompt is too long: ${tokens} tokens > ${model.window} maximum` : undefined
    },
  },
]
