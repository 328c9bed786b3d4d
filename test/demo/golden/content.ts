// What the rules of `demo/anthropic/rules/content.ts` say, word for word.
import { assistant, type Golden, hello, image, mark, text, thought, user } from '../requests.ts'

export const content: readonly Golden[] = [
  {
    rule: 'base64 of a source',
    fields: { messages: [user(image('image/png', 'data:image/png;base64,iVBORw0KGgo='))] },
    message: 'messages.0.content.0.image.source.base64.data: Invalid base64 data',
  },
  {
    rule: 'source is of its media type',
    fields: { messages: [user(image('image/jpeg', 'iVBORw0KGgo='))] },
    message: 'messages.0.content.0.image.source.base64.data: Image does not match the provided media type image/jpeg',
  },
  {
    rule: 'image of at most 5 MB',
    fields: { messages: [user(image('image/png', `iVBORw0KGgo${'A'.repeat(6_990_501)}`))] },
    message: 'messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes',
  },
  {
    rule: 'not too many images and documents',
    fields: { messages: [user(...Array.from({ length: 101 }, () => image('image/png', 'iVBORw0KGgo=')))] },
    message: 'messages: too many images and documents: 101 + 0 > 100',
  },
  {
    rule: 'sources by URL are https',
    fields: { messages: [user({ type: 'image', source: { type: 'url', url: 'http://example.com/a.png' } })] },
    message: 'messages.0.content.0.image.source.url: Only HTTPS URLs are supported.',
  },
  {
    rule: 'thinking keeps its signature',
    fields: { messages: [hello, assistant(thought('not base64!'), text('x')), hello] },
    message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
  },
  {
    rule: 'redacted thinking is base64',
    fields: { messages: [hello, assistant({ type: 'redacted_thinking', data: '…' }, text('x')), hello] },
    message: 'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
  },
  {
    rule: 'at most four cache marks',
    fields: { system: [1, 2, 3, 4].map((at) => text(`${at}`, mark())), messages: [user(text('x', mark()))] },
    message: 'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  },
  {
    rule: 'long cache marks come first',
    fields: { system: [text('x', mark('5m'))], messages: [user(text('y', mark('1h')))] },
    message:
      "messages.0.content.0.text.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
  },
  {
    rule: 'prompt fits the window',
    fields: { messages: [{ role: 'user', content: 'x'.repeat(800_100) }] },
    message: 'prompt is too long: 200036 tokens > 200000 maximum',
  },
]
