// Names of tools for services that take OpenAI's alone (`[a-zA-Z0-9_-]{1,64}`): others go out changed, and come back.
import type { Delta } from '../../hub/delta.ts'
import { Names } from '../../hub/names.ts'
import type { AnswerReader } from '../../hub/provider.ts'
import { type ChatFields, toolName } from '../../hub/request.ts'
import { clamped, type Lose } from '../../hub/support.ts'
import type { Body, Plan } from './like.ts'
import type { ToolField } from './tools.ts'

const RENAMED = clamped('The service takes no such name: another is sent, and the answer has yours.')

/** What the name of a tool may meet. */
export const NAME_NOTES = [RENAMED]

/** The names of a request, or undefined where all of them may stay; those that may not are told. */
export function namesOf(request: ChatFields, tell: (field: ToolField) => Lose): Names | undefined {
  const { tools, functions, messages } = request
  const named = tools
    ? tools.map((tool, i) => [toolName(tool), 'tools', `tools[${i}].${tool.type}.name`] as const)
    : (functions ?? []).map(({ name }, i) => [name, 'functions', `functions[${i}].name`] as const)
  const own = named.map(([name]) => name).filter((name) => name !== '')
  const spoken = messages.flatMap((message) => {
    if (message.role !== 'assistant') return []
    const calls = (message.tool_calls ?? []).map((call) => (call.function ?? call.custom)?.name)
    return [...calls, message.function_call?.name].filter((name) => name !== undefined)
  })
  const names = new Names([], [...own, ...spoken])
  for (const [name, field, path] of named) {
    if (name !== '' && names.out(name) !== name) tell(field)(RENAMED, { path, sent: names.out(name) })
  }
  return [...own, ...spoken].some((name) => names.out(name) !== name) ? names : undefined
}

/** Messages, tools and the choice with names that the service takes. */
export function renamed({ messages, tools, choice }: Pick<Plan, 'messages' | 'tools' | 'choice'>, names: Names) {
  return {
    messages: messages.map(({ tool_calls: calls, ...message }) => ({
      ...message,
      ...(Array.isArray(calls) && { tool_calls: calls.map((call: Body) => functionNamed(call, names)) }),
    })),
    tools: tools.map((tool) => functionNamed(tool, names)),
    choice: typeof choice === 'object' && choice !== null ? functionNamed({ ...choice }, names) : choice,
  }
}

/** Whatever holds a function. */
function functionNamed(holder: Body, names: Names): Body {
  const { function: definition } = holder
  if (typeof definition !== 'object' || definition === null || !('name' in definition)) return holder
  return { ...holder, function: { ...definition, name: names.out(String(definition.name)) } }
}

/** The answer with the client's own names. */
export function namedBack(names: Names | undefined, reader: AnswerReader): AnswerReader {
  if (!names) return reader
  return {
    framing: reader.framing,
    read: (frame, open) => backIn(names, reader.read(frame, open)),
    end: () => backIn(names, reader.end?.() ?? []),
    get done() {
      return reader.done
    },
    next: undefined,
  }
}

/** The same of deltas that are there. */
export function backIn(names: Names | undefined, deltas: readonly Delta[]): Delta[] {
  return deltas.map((delta) => (names && delta.type === 'tool' ? { ...delta, name: names.back(delta.name) } : delta))
}
