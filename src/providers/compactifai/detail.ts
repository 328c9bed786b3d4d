// How closely an image is looked at: the service knows `auto`, `low` and `high`.
import { at } from '../../hub/json.ts'
import { clamped, type Lose } from '../../hub/support.ts'
import type { Body } from '../openai-compatible/like.ts'

export const DETAIL = clamped("The service has no detail 'original': 'high' is sent.")

export function withDetail(messages: readonly Body[], { lose }: { readonly lose: Lose }): Body[] {
  return messages.map((message, i) => {
    const { content } = message
    if (!Array.isArray(content)) return message
    return {
      ...message,
      content: content.map((part: unknown, j) => nearest(part, `messages[${i}].content[${j}]`, lose)),
    }
  })
}

function nearest(part: unknown, path: string, lose: Lose): unknown {
  const image: unknown = at(part, 'image_url')
  if (typeof part !== 'object' || typeof image !== 'object' || at(image, 'detail') !== 'original') return part
  lose(DETAIL, { path: `${path}.image_url.detail`, sent: 'high' })
  return { ...part, image_url: { ...image, detail: 'high' } }
}
