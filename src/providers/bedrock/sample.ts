// An answer of Converse, for the self-test.
import type { Sample } from '../../hub/sample.ts'

export const samples: readonly Sample[] = [
  {
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    account: { region: 'us-east-1' },
    frames: [
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grü' } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'ße 🦉' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'find' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"q":' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '"ü"}' } } }],
      ['contentBlockStop', { contentBlockIndex: 1 }],
      ['messageStop', { stopReason: 'tool_use' }],
      ['metadata', { usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14 } }],
    ],
  },
]
