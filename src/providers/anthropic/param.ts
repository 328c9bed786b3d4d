// The service names the field at fault in its own spelling; the client knows the one it sent.
import type { ChatFields } from '../../hub/request.ts'
import { extensions, fields } from './fields.ts'
import type { Plan } from './plan.ts'
import type { MessagesBody } from './wire.ts'

/** The client's field for a path such as `messages.3.content.0` or `max_tokens`; undefined when there is none. */
export function paramOf(path: string, plan: Plan, body: MessagesBody): string | undefined {
  const [head = '', ...rest] = path.split('.')
  const asked = (...names: (keyof ChatFields)[]) => names.find((name) => plan.request[name] !== undefined)
  switch (head) {
    case 'messages':
      return originOf(body.messages, rest, plan) ?? 'messages'
    case 'system':
      return originOf(body.system, rest, plan) ?? 'messages'
    case 'tools':
      return toolParam(rest, plan)
    case 'tool_choice':
      return asked('tool_choice', 'function_call', 'response_format', 'parallel_tool_calls', 'functions')
    case 'max_tokens':
      return asked('max_completion_tokens') ?? 'max_tokens'
    case 'stop_sequences':
      return 'stop'
    case 'metadata':
      return asked('safety_identifier', 'user', 'metadata')
    case 'thinking':
      return asked('thinking', 'reasoning_effort', 'reasoning')
    case 'output_config':
      return rest[0] === 'format'
        ? (asked('response_format') ?? 'output_config')
        : (asked('reasoning_effort', 'reasoning') ?? 'output_config')
    case 'cache_control':
      return asked('cache_control', 'prompt_cache_options')
    default:
      return Object.hasOwn(fields, head) || Object.hasOwn(extensions, head) ? head : undefined
  }
}

/**
 * Follows a path into what was sent, as far as it leads, and says where the innermost thing on it came from. Between
 * the keys stand names of kinds (`content.0.image.source`), which are no keys.
 */
function originOf(start: unknown, steps: readonly string[], { origins }: Plan): string | undefined {
  let here = start
  let found: string | undefined
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) break
    if (Array.isArray(here) ? !/^\d+$/.test(step) : !Object.hasOwn(here, step)) continue
    const next: unknown = Reflect.get(here, step)
    if (typeof next === 'object' && next !== null) found = origins.get(next) ?? found
    here = next
  }
  return found
}

/** The parts of a definition that have other names at OpenAI. */
const PARTS: Readonly<Record<string, string>> = {
  input_schema: 'parameters',
  name: 'name',
  description: 'description',
  strict: 'strict',
}

function toolParam(rest: readonly string[], plan: Plan): string {
  const tool = plan.tools[Number(rest[0])]
  const origin = tool && plan.origins.get(tool)
  if (origin === undefined) return plan.request.tools ? 'tools' : 'functions'
  if (!/^(?:tools|functions)\[/.test(origin)) return origin
  const part = rest.slice(1).find((step) => Object.hasOwn(PARTS, step))
  return part === undefined ? origin : `${origin}.${PARTS[part]}`
}
