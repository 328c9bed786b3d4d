// Any service that speaks OpenAI's format: https://platform.openai.com/docs/api-reference/chat
import type { Conversant } from '../../hub/provider.ts'
import { openaiLike } from './provider.ts'
import { allMedia } from './relaying.ts'
import { everything } from './rows.ts'
import { samples } from './sample.ts'

export const openaiCompatible: Conversant = {
  ...openaiLike({
    name: 'openai-compatible',
    baseUrl: undefined,
    credential: 'optional',
    // What the service takes is for itself to say: a field that it refuses is left out, and that is told.
    completes: 'all',
    fields: everything,
    messages: { reasoning: 'either' },
    embeddings: { tokens: true, user: true },
    rerank: { objects: true, perDocument: true },
    moderations: { relays: () => '/moderations' },
    media: allMedia(),
  }),
  samples,
}
