// An answer of Chat Completions, for the self-test.
import type { Sample } from '../../hub/sample.ts'

const HEAD = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'any' }

/** What each service says that speaks this format. */
export const frames: Sample['frames'] = [
  chunk({ role: 'assistant', content: 'Grü' }),
  chunk({ content: 'ße 🦉' }),
  chunk({ tool_calls: [{ index: 0, id: 't', type: 'function', function: { name: 'find', arguments: '{"q":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"ü"}' } }] }),
  chunk({}, 'tool_calls'),
  ['', { ...HEAD, choices: [], usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 } }],
  ['', '[DONE]'],
]

export const samples: readonly Sample[] = [{ model: 'any', account: { baseUrl: 'https://service.example/v1' }, frames }]

function chunk(delta: object, finish_reason: string | null = null): Sample['frames'][number] {
  return ['', { ...HEAD, choices: [{ index: 0, delta, finish_reason }] }]
}
