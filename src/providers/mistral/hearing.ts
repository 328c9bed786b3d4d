// Transcriptions: https://docs.mistral.ai/api/endpoint/audio/transcriptions
import { type Heard, passes } from '../../hub/hearing.ts'
import { at, jsonIn } from '../../hub/json.ts'
import { usageOf } from '../../hub/usage.ts'
import { hearingLike, hears, onlyJson } from '../openai-compatible/media.ts'

/** Fields of its own (`diarize`, `context_bias`, `file_url`) pass, as all do that OpenAI lacks. */
export const hearing = hearingLike({
  tasks: ['transcriptions'],
  table: { ...hears.notThese('prompt'), response_format: onlyJson, stream: passes },
  event,
})

function event(data: string): Heard | undefined {
  const value = jsonIn(data)
  const text = at(value, 'text')
  if (at(value, 'type') === 'transcription.done') {
    const usage = usageOf(at(value, 'usage'))
    return { type: 'done', ...(typeof text === 'string' && { text }), usage }
  }
  return at(value, 'type') === 'transcription.text.delta' && typeof text === 'string'
    ? { type: 'delta', text }
    : undefined
}
