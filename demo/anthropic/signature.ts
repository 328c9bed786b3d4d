// Signatures of thinking blocks. The real ones cannot be checked here, so only ours are: they begin with a mark of their own
// and hold digests of the text and of the conversation they were made in. Cites: Thinking, signatures.
import { hash } from 'node:crypto'
import type { Model } from './models.ts'
import { type Block, blocksOf, type MessagesBody } from './wire.ts'

const MARK = 'dragoman-demo:'

/** `forged`: not what was signed; `moved`: signed, but in another conversation. */
export type Verdict = 'good' | 'forged' | 'moved'

interface Claim {
  readonly model: string
  readonly text: string
  readonly conversation: string
  /** The text was held back, so the block comes back without it. */
  readonly omitted: boolean
}

const digest = (value: unknown): string => hash('sha256', JSON.stringify(value) ?? '', 'base64').slice(0, 22)

/** A value without cache marks and with its keys in order: equal meanings give equal digests. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'cache_control')
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, canonical(part)]))
}

/** Everything before the assistant's turn that follows the first `end` messages. */
function conversation(body: MessagesBody, end: number): string {
  const before = body.messages.slice(0, end)
  while (before.at(-1)?.role === 'assistant') before.pop()
  const turns = before.map(({ role, content }) => [role, canonical(blocksOf(content))])
  return digest([canonical(blocksOf(body.system)), canonical(body.tools ?? []), turns])
}

/** A base64 text or nothing. */
export function decode(text: string): Buffer | undefined {
  const padding = text.match(/={1,2}$/)?.[0].length ?? 0
  const valid = text !== '' && text.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(text.slice(0, text.length - padding))
  return valid ? Buffer.from(text, 'base64') : undefined
}

/** Signs a thinking text as the answer to a request. */
export function mint(text: string, body: MessagesBody, model: Model, omitted: boolean): string {
  const claim: Claim = {
    model: model.id,
    text: digest(text),
    conversation: conversation(body, body.messages.length),
    omitted,
  }
  return Buffer.from(MARK + JSON.stringify(claim)).toString('base64')
}

/** Whether a thinking block of the history may come back where it stands. */
export function verify(block: Block, body: MessagesBody, index: number, model: Model): Verdict {
  const bytes = decode(block.signature ?? '')
  if (!bytes) return 'forged'
  const text = bytes.toString()
  if (!text.startsWith(MARK)) return 'good'
  let claim: Claim
  try {
    claim = JSON.parse(text.slice(MARK.length)) as Claim
  } catch {
    return 'forged'
  }
  // What stands in a block whose text was held back is ignored, not refused.
  if (!claim.omitted && claim.text !== digest(block.thinking)) return 'forged'
  // Blocks of another model are dropped in silence.
  const checked = model.bound && claim.model === model.id
  return checked && claim.conversation !== conversation(body, index) ? 'moved' : 'good'
}
