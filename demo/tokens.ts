// Counting without a tokenizer: four bytes are a token. Wrong, but the same every time and for every client.

const IMAGE_TOKENS = 1600
const BYTES = 4

const tokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES)

/** The tokens of anything that can be sent as JSON. Base64 counts as a picture does: by the piece. */
export function tokensOf(value: unknown): number {
  let pictures = 0
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, function (this: { readonly type?: unknown }, key, part: unknown) {
          const isPicture = (key === 'data' && this.type === 'base64') || (key === 'url' && /^data:/.test(String(part)))
          if (!isPicture) return part
          pictures += 1
          return undefined
        })
  return (text === undefined ? 0 : tokens(text)) + pictures * IMAGE_TOKENS
}

/** As much of a text as `limit` tokens hold, never ending inside a character. */
export function firstTokens(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  let end = limit * BYTES
  if (bytes.length <= end) return text
  // 10xxxxxx goes on with a character that began before.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** A text in the pieces a model would stream: word by word, or whatever four characters come next. */
export const pieces = (text: string): readonly string[] => text.match(/\s*\S{1,12}|\s+$/gu) ?? []
