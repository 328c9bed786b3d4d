// The client's spelling of a path in the hub's: `messages[3].content[0].image_url.url` is `input[2].content[0].image_url`.

/** Where a message came from. */
export interface Place {
  /** The item, or the field. */
  readonly path: string
  /** The item's key that became the content. */
  readonly text?: string
  /** Of a turn that several items made: where each part of its content stands, each call, and its thoughts. */
  readonly parts?: readonly string[]
  readonly calls?: readonly string[]
  readonly reasoning?: string
}

/** The field of an earlier response, which nobody can be shown a place in. */
export const EARLIER = 'previous_response_id'

/** Fields, or beginnings of their paths, longest first. */
const FIELDS: readonly (readonly [hub: RegExp, own: string])[] = [
  [/^messages$/, 'input'],
  [/^max_completion_tokens$/, 'max_output_tokens'],
  [/^reasoning_effort$/, 'reasoning.effort'],
  [/^response_format\.json_schema/, 'text.format'],
  [/^response_format/, 'text.format'],
  [/^verbosity$/, 'text.verbosity'],
  [/^logprobs$/, 'include'],
  [/^stream_options.*$/, 'stream'],
  [/^tool_choice\.(?:function|custom|allowed_tools)/, 'tool_choice'],
]

/** @param tools the place of each tool of the hub among the client's. @param search that of the search of the web. */
export function paths(places: readonly Place[], tools: readonly string[], search: number): (path: string) => string {
  return (path) => {
    const [, message, rest = ''] = /^messages\[(\d+)\](.*)$/.exec(path) ?? []
    if (message !== undefined) return placed(places[Number(message)], rest)
    const [, tool, below = ''] = /^tools\[(\d+)\](.*)$/.exec(path) ?? []
    if (tool !== undefined)
      return `${tools[Number(tool)] ?? `tools[${tool}]`}${below.replace(/^\.(?:function|custom)/, '')}`
    if (path.startsWith('web_search_options')) {
      return path.replace('web_search_options', `tools[${search}]`).replace('.approximate', '')
    }
    const field = FIELDS.find(([hub]) => hub.test(path))
    return field ? path.replace(...field) : path
  }
}

function placed(place: Place | undefined, rest: string): string {
  if (!place) return 'input'
  const { path, text, parts, calls, reasoning } = place
  if (path === EARLIER) return EARLIER
  const [, part, inPart = ''] = /^\.content\[(\d+)\](.*)$/.exec(rest) ?? []
  if (part !== undefined) {
    const at = parts?.[Number(part)] ?? `${path}.${text}[${part}]`
    const below = inPart.replace(/^\.image_url\.url/, '.image_url').replace(/^\.image_url\.detail/, '.detail')
    return at + below.replace(/^\.file(?=\.|$)/, '')
  }
  const [, call, inCall = ''] = /^\.tool_calls\[(\d+)\](.*)$/.exec(rest) ?? []
  if (call !== undefined) return `${calls?.[Number(call)] ?? path}${inCall.replace(/^\.(?:function|custom)/, '')}`
  if (/^\.reasoning/.test(rest)) return reasoning ?? path
  if (rest === '.content') return parts?.[0] ?? (text ? `${path}.${text}` : path)
  return path + rest.replace(/^\.tool_call_id$/, '.call_id').replace(/^\.tool_calls$/, '')
}
