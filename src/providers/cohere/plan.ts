// What has to be decided about a request as a whole, before its fields are written one by one.
import type { Ledger } from '../../hub/loss.ts'
import { Names } from '../../hub/names.ts'
import { type ChatFields, type ChatRequest, toolName } from '../../hub/request.ts'
import { emulated, teller } from '../../hub/support.ts'
import { isForced, type Wish, wishOf } from '../../hub/wish.ts'
import { type Format, formatOf } from './format.ts'
import type { Amends } from './mend.ts'
import { type Family, familyOf } from './models.ts'
import { thinkingOf } from './thinking.ts'
import { toolsOf } from './tools.ts'
import { Conversation } from './turns.ts'
import type { SentTool, Thinking, Turn } from './wire.ts'

export const UNFORCED = emulated('This model has no tool choice: it is told what to call.')
export const LEFT_OUT = emulated('This model has no tool choice: the tools are left out.')

export interface Plan {
  readonly request: ChatFields
  readonly family: Family
  readonly tools: readonly SentTool[]
  readonly strict: boolean
  readonly choice: 'REQUIRED' | 'NONE' | undefined
  readonly messages: readonly Turn[]
  readonly format: Format
  readonly thinking: Thinking | undefined
  readonly names: Names
  readonly amends: Amends
  /** Documents go along. */
  readonly grounded: boolean
}

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function planOf({ fields, extras }: ChatRequest, model: string, ledger: Ledger, amends: Amends = {}): Plan {
  const tell = (field: string) => teller(ledger, field)
  const known = familyOf(model)
  const family: Family = amends.thoughtless ? { ...known, reasons: false } : known
  const named = [...(fields.tools ?? []).map(toolName), ...(fields.functions ?? []).map(({ name }) => name)]
  const names = new Names([], named)
  const wish = wishOf(fields, (name) => names.out(name))
  const { tools: made, strict } = toolsOf(fields, wish, names, tell)
  const { tools, choice, instruction } = chosen(made, wish, family)
  if (choice === undefined && made.length > 0 && wish.mode.type !== 'auto') {
    tell(wish.field)(isForced(wish.mode) ? UNFORCED : LEFT_OUT)
  }
  const { documents } = extras
  const grounded = Array.isArray(documents) && documents.length > 0
  const format = formatOf(fields, tools.length > 0 || grounded || amends.byWord === true)
  const conversation = new Conversation(fields.messages, names, family, tell('messages'))
  const asked = fields.max_completion_tokens ?? fields.max_tokens ?? undefined
  const limit = asked && Math.min(asked, amends.maxTokens ?? asked)
  return {
    request: fields,
    family,
    tools,
    strict: strict && tools.length > 0 && !amends.lax,
    choice,
    messages: conversation.turns([instruction, format.word?.instruction].filter((one) => one !== undefined)),
    format,
    thinking: thinkingOf(fields, family, limit, tell),
    names,
    amends,
    grounded,
  }
}

interface Chosen {
  readonly tools: readonly SentTool[]
  readonly choice: 'REQUIRED' | 'NONE' | undefined
  /** What the model is told instead of being forced. */
  readonly instruction?: string
}

function chosen(tools: readonly SentTool[], { mode }: Wish, { chooses }: Family): Chosen {
  if (tools.length === 0 || mode.type === 'auto') return { tools, choice: undefined }
  if (chooses) return { tools, choice: isForced(mode) ? 'REQUIRED' : 'NONE' }
  if (mode.type === 'none') return { tools: [], choice: undefined }
  const [only, ...more] = tools
  const which = more.length === 0 && only ? `the tool "${only.function.name}"` : 'one of the tools'
  return { tools, choice: undefined, instruction: `You must call ${which}.` }
}
