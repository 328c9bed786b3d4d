// Where a thing of the hub's request stood in the client's.

/** What parts of a part, of a call or of a tool are called by the client. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^\.image_url(?:\.url)?$/, '.source'],
  [/^\.file\.filename$/, '.title'],
  [/^\.file\.file_id$/, '.source.file_id'],
  [/^\.file(?:\.file_data)?$/, '.source'],
  [/^\.function\.arguments$/, '.input'],
  [/^\.function\.parameters/, '.input_schema'],
  [/^\.function/, ''],
  [/^\.tool_calls$/, '.content'],
  [/^\.tool_call_id$/, '.tool_use_id'],
  [/^\.(?:reasoning_\w+|refusal|extra_content).*/, ''],
]

/** Fields of the hub by the client's names. */
const FIELDS: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_tokens',
  stop: 'stop_sequences',
  parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  response_format: 'output_config.format',
  reasoning_effort: 'output_config.effort',
  user: 'metadata.user_id',
}

export class Paths {
  readonly #known = new Map<string, string>(Object.entries(FIELDS))

  /** What is called `hub` there stood at `client`. */
  set(hub: string, client: string): void {
    this.#known.set(hub, client)
  }

  /** The client's spelling of a path of the hub's: of its innermost part that is known, and what is left of it. */
  of(path: string): string {
    for (
      let end = path.length;
      end > 0;
      end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))
    ) {
      const known = this.#known.get(path.slice(0, end))
      if (known !== undefined) return known + named(path.slice(end))
    }
    return path
  }
}

function named(rest: string): string {
  for (const [pattern, name] of PARTS) if (pattern.test(rest)) return rest.replace(pattern, name)
  return rest
}
