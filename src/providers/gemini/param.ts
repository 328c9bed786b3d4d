// The service names the field at fault in its own spelling; the client knows the one it sent.
import type { ChatFields } from '../../hub/request.ts'
import type { Plan } from './plan.ts'

/** Fields of the configuration, and those of the client's that they may come from. */
const CONFIG: Readonly<Record<string, readonly (keyof ChatFields)[]>> = {
  temperature: ['temperature'],
  topP: ['top_p'],
  topK: ['top_k'],
  maxOutputTokens: ['max_completion_tokens', 'max_tokens'],
  stopSequences: ['stop'],
  presencePenalty: ['presence_penalty'],
  frequencyPenalty: ['frequency_penalty'],
  seed: ['seed'],
  responseMimeType: ['response_format'],
  responseSchema: ['response_format'],
  responseJsonSchema: ['response_format'],
  responseLogprobs: ['logprobs'],
  logprobs: ['top_logprobs'],
  responseModalities: ['modalities'],
  thinkingConfig: ['reasoning_effort', 'reasoning', 'thinking'],
}

/** The client's field for a path such as `contents[3].parts[0]` or `generation_config.top_p`; undefined without one. */
export function paramOf(path: string, plan: Plan): string | undefined {
  const [head = '', ...rest] = path.split(/[.[\]]+/).flatMap((step) => (step === '' ? [] : [camel(step)]))
  const asked = (names: readonly (keyof ChatFields)[] = []) => names.find((name) => plan.request[name] !== undefined)
  switch (head) {
    case 'contents':
      return originOf(plan.contents, rest, plan) ?? 'messages'
    case 'systemInstruction':
      return originOf(plan.system, rest, plan) ?? 'messages'
    case 'tools':
      return originOf(plan.tools, rest, plan) ?? asked(['tools', 'functions', 'web_search_options'])
    case 'toolConfig':
      return asked(['tool_choice', 'function_call', 'tools', 'functions'])
    case 'generationConfig':
      return Object.hasOwn(CONFIG, rest[0] ?? '') ? asked(CONFIG[rest[0] ?? '']) : undefined
    case 'serviceTier':
      return 'service_tier'
    default:
      return Object.hasOwn(CONFIG, head) ? asked(CONFIG[head]) : undefined
  }
}

function camel(step: string): string {
  return step.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Follows a path into what was sent, as far as it leads, and says where the innermost thing on it came from. */
function originOf(start: unknown, steps: readonly string[], { origins }: Plan): string | undefined {
  let here = start
  let found: string | undefined
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) break
    here = Reflect.get(here, step)
    if (typeof here === 'object' && here !== null) found = origins.get(here) ?? found
  }
  return found
}
