// An answer of a cluster's agent, for the self-test.
import type { Sample } from '../../hub/sample.ts'

export const samples: readonly Sample[] = [
  {
    model: 'cluster',
    frames: [
      token({ ContentToken: 'Grü' }),
      token({ ContentToken: 'ße 🦉' }),
      token({ ToolCallParsed: [{ id: 't', name: 'find', arguments: { ValidJson: { q: 'ü' } } }] }),
      token({ Done: { usage: { prompt_tokens: 9, content_tokens: 5 } } }),
    ],
  },
]

function token(GeneratedToken: object): Sample['frames'][number] {
  return ['', { Response: { generated_by: 'a', request_id: 'r', response: { GeneratedToken } } }]
}
