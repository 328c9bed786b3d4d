// The service names the field at fault in its own spelling; the client knows the one it sent.
import type { ChatFields } from '../../hub/request.ts'
import type { Plan } from './plan.ts'

const NAMES: Readonly<Record<string, readonly (keyof ChatFields)[]>> = {
  maxTokens: ['max_completion_tokens', 'max_tokens'],
  max_tokens: ['max_completion_tokens', 'max_tokens'],
  temperature: ['temperature'],
  topP: ['top_p'],
  top_p: ['top_p'],
  top_k: ['top_k'],
  stopSequences: ['stop'],
  stop_sequences: ['stop'],
  toolConfig: ['tools', 'functions'],
  tools: ['tools', 'functions'],
  toolChoice: ['tool_choice', 'function_call'],
  outputConfig: ['response_format'],
  thinking: ['thinking', 'reasoning_effort', 'reasoning'],
  requestMetadata: ['metadata', 'user'],
  serviceTier: ['service_tier'],
}

/** The client's field for a path such as `messages.3.member.content` or `inferenceConfig.temperature`. */
export function paramOf(path: string, { request, paths }: Plan): string | undefined {
  const steps = path.split('.')
  if (steps[0] === 'messages') {
    const index = Number(steps[1])
    return (Number.isInteger(index) && paths[index]) || 'messages'
  }
  if (steps[0] === 'system') return 'messages'
  for (const step of steps.toReversed()) {
    const names = Object.hasOwn(NAMES, step) ? NAMES[step] : undefined
    if (names) return names.find((name) => request[name] !== undefined && request[name] !== null) ?? names[0]
  }
  return undefined
}
