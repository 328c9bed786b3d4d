// A request that was checked, as far as the demo reads it. https://docs.cohere.com/v2/reference/chat

export type JsonSchema = { readonly [keyword: string]: unknown }

export interface Item {
  readonly type: string
  readonly text?: string
  readonly thinking?: string
}

export interface Call {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface Message {
  readonly role: string
  readonly content?: string | readonly Item[]
  readonly tool_calls?: readonly Call[]
  readonly tool_call_id?: string
  readonly tool_plan?: string
}

export interface Tool {
  readonly function: { readonly name: string; readonly parameters: JsonSchema }
}

export interface ChatBody {
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream?: boolean
  readonly tools?: readonly Tool[]
  readonly strict_tools?: boolean
  readonly tool_choice?: 'REQUIRED' | 'NONE'
  readonly documents?: readonly unknown[]
  readonly response_format?: { readonly type: string; readonly json_schema?: JsonSchema }
  readonly safety_mode?: string
  readonly max_tokens?: number
  readonly stop_sequences?: readonly string[]
  readonly logprobs?: boolean
  readonly thinking?: { readonly type: string; readonly token_budget?: number }
}

export const itemsOf = ({ content }: Message): readonly Item[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])

/** All text of a message. */
export const textOf = (message: Message): string =>
  itemsOf(message)
    .flatMap(({ text }) => text ?? [])
    .join('\n')

/** The last thing the user said. */
export const lastUserText = ({ messages }: ChatBody): string => {
  const last = messages.findLast(({ role }) => role === 'user')
  return last ? textOf(last) : ''
}
