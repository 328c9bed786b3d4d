// How long a prompt may be, where nobody counts it.
import { textIn } from './media.ts'
import type { ChatRequest } from './request.ts'

/** What is usual for text of all kinds, in characters a token. */
const TEXT = 4
/** What an image of a usual size takes. */
const IMAGE = 1500
/** A file's bytes a token, where it is no text: pages of a usual kind. */
const FILE = 30

/** An estimate of a prompt's tokens: four characters a token, and images and files at what they usually take. */
export function estimatedTokens({ fields: { messages, tools = [], response_format: format } }: ChatRequest): number {
  let tokens = 0
  const text = JSON.stringify([messages, tools, format], (_key, value: unknown) => {
    if (typeof value !== 'string') return value
    const data = /^data:([^;,]*)[^,]*;base64,/.exec(value.slice(0, 200))
    if (!data) return value
    const [head, media = ''] = data
    if (media.startsWith('text/')) return textIn(value.slice(head.length)) ?? ''
    tokens += media.startsWith('image/') ? IMAGE : Math.ceil(((value.length - head.length) * 3) / 4 / FILE)
    return ''
  })
  return tokens + Math.ceil(text.length / TEXT)
}
