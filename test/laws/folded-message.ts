// The events of a message folded as Anthropic's client folds them: blocks by index, texts joined, arguments parsed at the
// block's end, counts by the last that are told.
type Block = Record<string, unknown> & { json?: string }

interface Event {
  readonly type: string
  readonly index: number
  readonly message: Record<string, unknown> & { content: Block[]; usage: object }
  readonly content_block: Block
  readonly delta: Record<string, unknown> & { readonly type?: string }
  readonly usage: object
}

/** @throws Error for events out of order: two blocks open at once, gaps, anything after the end. */
export function foldedMessage(sse: string): object {
  let message: Event['message'] | undefined
  let open: number | undefined
  let over = false
  for (const one of sse.split('\n\n')) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(one) ?? []
    if (data === undefined) continue
    const event = JSON.parse(data) as Event
    if (event.type !== name || over) throw new Error(`Out of order: ${one}`)
    const blocks = message?.content ?? []
    const block = blocks.at(-1)
    switch (event.type) {
      case 'message_start':
        message = structuredClone(event.message)
        break
      case 'content_block_start':
        if (open !== undefined || event.index !== blocks.length) throw new Error(`Out of order: ${one}`)
        open = event.index
        blocks.push({ ...event.content_block })
        break
      case 'content_block_delta':
        if (open !== event.index || !block) throw new Error(`Out of order: ${one}`)
        grow(block, event.delta)
        break
      case 'content_block_stop':
        if (open !== event.index || !block) throw new Error(`Out of order: ${one}`)
        open = undefined
        close(block)
        break
      case 'message_delta':
        if (open !== undefined || !message) throw new Error(`Out of order: ${one}`)
        message = { ...message, ...event.delta, usage: event.usage }
        break
      case 'message_stop':
        over = true
        break
      default:
        return event
    }
  }
  return message ?? {}
}

function grow(block: Block, { type, text, thinking, signature, partial_json, citation }: Event['delta']): void {
  if (type === 'text_delta') block.text = `${block.text}${text}`
  if (type === 'thinking_delta') block.thinking = `${block.thinking}${thinking}`
  if (type === 'signature_delta') block.signature = signature
  if (type === 'input_json_delta') block.json = `${block.json ?? ''}${partial_json}`
  if (type === 'citations_delta') block.citations = [...((block.citations as unknown[]) ?? []), citation]
}

function close(block: Block): void {
  const { json } = block
  delete block.json
  if (block.type !== 'tool_use' || json === undefined) return
  const value = parsed(json)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  block.input = isObject ? value : value === undefined ? { _raw: json } : { value }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
