// Tokens before anybody has counted them: what a request is reserved as, and what it used where no provider said it.

import type { Usage } from '../hub/usage.ts'
import type { Outcome } from '../wire/pump.ts'
import { type Limits, windowsOf } from './spans.ts'

/** UTF-8 bytes that make a token, more or less, in most languages. */
const BYTES = 4
/** An image, a sound or a file, however large it is. Services count them by what they show, which nobody knows here. */
const MEDIA = 1000
/** More than this is not reserved for an answer: clients ask for the most there is, and answers are rarely so long. */
const MOST = 4096
/** An answer whose length the client left open, and the part of the smallest limit that it takes at most. */
const OPEN = 1024
const OPEN_SHARE = 10

/** What is known of a request's tokens before it is sent. */
export interface Size {
  /** Of its input, all calls together. */
  readonly input: number
  /** How many answers it asks for. */
  readonly answers: number
  /** How long the client lets each of them be; absent where it did not say. */
  readonly most?: number | undefined
}

/** The tokens that are reserved for a request under a key's limits. */
export function reserved({ input, answers, most }: Size, limits: Limits): number {
  if (most !== undefined) return input + answers * Math.min(most, MOST)
  const smallest = Math.min(...windowsOf('tokens', limits).map(([, limit]) => limit))
  const guess = input + answers * Math.min(OPEN, Math.ceil(smallest / OPEN_SHARE))
  // Only what the client said itself is a reason to refuse it for good.
  return Math.max(input, Math.min(guess, smallest))
}

/** How a request ended, as far as its tokens go. */
export interface Ended {
  readonly outcome: Outcome | 'refused'
  readonly usage?: Usage | undefined
  /** How much of an answer came that the usage does not count, in UTF-16 units; absent where none came. */
  readonly uncounted?: number | undefined
  /** Something was sent to a provider. */
  readonly sent: boolean
}

/**
 * The tokens that a request used: what the provider said, and what came that it did not count. Where it said nothing, the
 * input counts as it was guessed; but nothing does of a request that was refused.
 */
export function used({ outcome, usage, uncounted, sent }: Ended, { input }: Pick<Size, 'input'>): number {
  const told = usage?.total_tokens ?? 0
  if (uncounted === undefined && !(outcome === 'client_gone' && sent)) return told
  return (told || input) + Math.ceil((uncounted ?? 0) / BYTES)
}

/** The tokens of a body in any dialect: its texts, names and numbers, and each of its media as one of unknown size. */
export function inputTokens(body: unknown): number {
  const count = { bytes: 0, media: 0 }
  weigh(body, count, false)
  return Math.ceil(count.bytes / BYTES) + count.media * MEDIA
}

/** The length that the client lets an answer have, in whichever dialect it says so. */
export function mostOutput(body: object): number | undefined {
  for (const name of ['max_completion_tokens', 'max_output_tokens', 'max_tokens']) {
    const most: unknown = Reflect.get(body, name)
    if (typeof most === 'number') return most
  }
  return undefined
}

/** How many answers a body asks for, of which only some may be shown: choices, of each of its prompts. */
export function answersIn(body: object): number {
  const { n, best_of: best, prompt }: { n?: unknown; best_of?: unknown; prompt?: unknown } = body
  const choices = [n, best].map((count) => (typeof count === 'number' ? count : 1))
  // Numbers are the tokens of one.
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt.length : 1
  return Math.max(1, ...choices) * Math.max(1, prompts)
}

/** Deep is no danger here: a body nested deeper than 64 is refused when it is parsed. */
function weigh(value: unknown, count: { bytes: number; media: number }, within: boolean): void {
  if (typeof value === 'string') {
    if (!within || !isData(value)) count.bytes += bytesIn(value)
  } else if (typeof value !== 'object') count.bytes += BYTES
  else if (Array.isArray(value)) for (const item of value) weigh(item, count, within)
  else if (value !== null) {
    const media = within || isMedia(value)
    if (media && !within) count.media++
    for (const name of Object.keys(value)) {
      count.bytes += name.length
      weigh((value as Record<string, unknown>)[name], count, media)
    }
  }
}

const MEDIA_TYPE = /^(?:input_)?(?:image|image_url|audio|video|file|document)$/

function isMedia(part: object): boolean {
  const type: unknown = Reflect.get(part, 'type')
  return typeof type === 'string' && MEDIA_TYPE.test(type)
}

/** Base64, or a URL that holds it. Its beginning tells: no text goes on so long without a space. */
function isData(text: string): boolean {
  return text.startsWith('data:') || (text.length > 256 && /^[\w+/-]+$/.test(text.slice(0, 256)))
}

const SAMPLES = 16

/** The length in UTF-8, of a long text by samples all over it: exact for one alphabet, near enough for two. */
function bytesIn(text: string): number {
  const step = Math.ceil(text.length / SAMPLES) || 1
  let bytes = 0
  let samples = 0
  for (let at = 0; at < text.length; at += step) {
    const unit = text.charCodeAt(at)
    // Half of a pair is half of four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3
    samples++
  }
  return samples === 0 ? 0 : Math.round((bytes / samples) * text.length)
}
