// Transcriptions, whose streams look like those of conversations:
// https://docs.vllm.ai/en/latest/serving/openai_compatible_server/#transcriptions-api
import type { Heard } from '../../hub/hearing.ts'
import { passes } from '../../hub/hearing.ts'
import { at, jsonIn } from '../../hub/json.ts'
import { hearingLike } from '../openai-compatible/media.ts'

export const hearing = hearingLike({ table: { stream: passes }, event })

/** A long recording is heard in parts, each of which has a finish: only the end of the stream is its own. */
function event(data: string): Heard | undefined {
  if (data.trim() === '[DONE]') return { type: 'done' }
  const chunk = jsonIn(data)
  const text = at(at(at(at(chunk, 'choices'), '0'), 'delta'), 'content')
  return typeof text === 'string' && text !== '' ? { type: 'delta', text } : undefined
}
