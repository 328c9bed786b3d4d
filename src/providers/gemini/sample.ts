// An answer of the Gemini API, for the self-test.
import type { Sample } from '../../hub/sample.ts'

export const samples: readonly Sample[] = [
  {
    model: 'gemini-2.5-flash',
    frames: [
      said({ text: 'Grü' }),
      said({ text: 'ße 🦉' }),
      said({ functionCall: { name: 'find', args: { q: 'ü' } } }, 'STOP'),
    ],
  },
]

function said(part: object, finishReason?: string): Sample['frames'][number] {
  const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 }
  return ['', { candidates: [{ content: { role: 'model', parts: [part] }, finishReason }], usageMetadata }]
}
