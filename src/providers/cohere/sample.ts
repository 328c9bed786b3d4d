// An answer of Chat v2, for the self-test.
import type { Sample } from '../../hub/sample.ts'

export const samples: readonly Sample[] = [
  {
    model: 'command-a-03-2025',
    blind: true,
    frames: [
      told('message-start', { role: 'assistant' }),
      told('content-start', { content: { type: 'text', text: '' } }),
      told('content-delta', { content: { text: 'Grü' } }),
      told('content-delta', { content: { text: 'ße 🦉' } }),
      told('content-end'),
      told('tool-call-start', { tool_calls: { id: 't', type: 'function', function: { name: 'find', arguments: '' } } }),
      told('tool-call-delta', { tool_calls: { function: { arguments: '{"q":' } } }),
      told('tool-call-delta', { tool_calls: { function: { arguments: '"ü"}' } } }),
      told('tool-call-end'),
      [
        'message-end',
        {
          type: 'message-end',
          delta: { finish_reason: 'TOOL_CALL', usage: { tokens: { input_tokens: 9, output_tokens: 5 } } },
        },
      ],
    ],
  },
]

function told(type: string, message?: object): Sample['frames'][number] {
  return [type, { type, index: 0, ...(message && { delta: { message } }) }]
}
