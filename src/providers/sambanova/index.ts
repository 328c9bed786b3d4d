// SambaNova Cloud: https://docs.sambanova.ai/cloud/api-reference/endpoints/chat
import { hearingLike, jsonAndText } from '../openai-compatible/media.ts'
import { dayMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'

export const sambanova = openaiLike({
  name: 'sambanova',
  baseUrl: 'https://api.sambanova.ai/v1',
  meters: dayMeters,
  fields: {
    ...plain,
    ...lacks('The service knows no penalties.', 'frequency_penalty', 'presence_penalty'),
    ...lacks('The service returns no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service takes no seed.', 'seed'),
    n: choices,
  },
  embeddings: { dimensions: 'none' },
  media: { hearing: hearingLike({ table: { response_format: jsonAndText } }) },
})
