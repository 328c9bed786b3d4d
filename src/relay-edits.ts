// What is changed in an answer that otherwise passes: a report that is added, usage that is taken out. Whole events only.
import type { Tap } from './hub/dialect.ts'
import type { GatewayError } from './hub/error.ts'
import type { Loss } from './hub/loss.ts'
import type { RelayTranslator } from './relay.ts'
import { withoutUsage } from './relay-usage.ts'
import type { Translator } from './wire/pump.ts'
import { SseBoundary, SseReader, sseData } from './wire/sse.ts'

const encoder = new TextEncoder()

interface Edits {
  /** Carried by the last event that has a choice or usage. Only the end shows which one that is, so one is kept back. */
  readonly report?: readonly Loss[] | undefined
  /** Takes out the usage that nobody but the gateway asked for. */
  readonly quiet?: boolean
}

export class EditingTranslator implements Translator {
  readonly done = false
  readonly #inner: RelayTranslator
  readonly #tap: Tap
  readonly #edits: Edits
  readonly #boundary = new SseBoundary()
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false })
  #rest = ''
  /** The event that may be the last one, and what followed it. */
  #held = ''
  #after = ''
  /** How the last event ended, and whether it was taken out. */
  #afterReturn = false
  #dropped = false

  constructor(inner: RelayTranslator, tap: Tap, edits: Edits) {
    this.#inner = inner
    this.#tap = tap
    this.#edits = edits
  }

  get failed(): boolean {
    return this.#inner.failed
  }

  get begun(): boolean {
    return this.#inner.begun
  }

  get error(): GatewayError | undefined {
    return this.#inner.error
  }

  last(): Promise<string> | undefined {
    return this.#inner.last()?.then((bytes) => this.#pass(bytes) + this.#release(true) + this.#take())
  }

  feed(chunk: Uint8Array): string {
    const out = this.#pass(this.#inner.feed(chunk))
    return this.#inner.failed ? out + this.#release(false) + this.#take() : out
  }

  end(): string {
    const out = this.#pass(this.#inner.end())
    // What carries the report is among what comes last.
    if (this.#inner.waits) return out
    return out + this.#release(!this.#inner.failed) + this.#take()
  }

  /** What was kept back of a stream that breaks off: whole events, which the service did say. */
  left(): string {
    return this.#release(false)
  }

  /** Events come whole from the relay, but for the last one of a body that has no final line end. */
  #pass(bytes: Uint8Array): string {
    let out = ''
    let from = 0
    for (const end of this.#boundary.ends(bytes)) {
      out += this.#event(this.#rest + this.#decoder.decode(bytes.subarray(from, end)))
      this.#rest = ''
      from = end
    }
    this.#rest += this.#decoder.decode(bytes.subarray(from))
    return out
  }

  #event(raw: string): string {
    const event = this.#edited(raw)
    if (!this.#edits.report) return event
    const data = dataOf(event)
    if (data !== undefined && this.#tap.carries(data)) {
      const before = this.#release(false)
      this.#held = event
      return before
    }
    if (this.#held === '') return event
    this.#after += event
    return ''
  }

  #edited(raw: string): string {
    // The second half of a line end goes where its first half went.
    const late = this.#afterReturn && raw.startsWith('\n') ? 1 : 0
    this.#afterReturn = raw.endsWith('\r')
    const event = this.#quiet(raw.slice(late))
    const out = (this.#dropped ? '' : raw.slice(0, late)) + event
    if (raw.length > late) this.#dropped = event === ''
    return out
  }

  #quiet(raw: string): string {
    const data = this.#edits.quiet && raw.includes('usage') ? dataOf(raw) : undefined
    if (data === undefined) return raw
    const rest = withoutUsage(data)
    if (rest === data || rest === '') return rest && raw
    const at = raw.indexOf(data)
    // JSON over several lines has no place of its own in the event: it is said on one.
    return at === -1 ? sseData(rest.replace(/[\r\n]+/g, ' ')) : raw.slice(0, at) + rest + raw.slice(at + data.length)
  }

  #take(): string {
    const rest = this.#edited(this.#rest)
    this.#rest = ''
    return rest
  }

  #release(last: boolean): string {
    const { report } = this.#edits
    const held = last && this.#held && report ? this.#tap.withReport(this.#held, report) : this.#held
    const out = held + this.#after
    this.#held = ''
    this.#after = ''
    return out
  }
}

function dataOf(event: string): string | undefined {
  const reader = new SseReader()
  const [first = reader.end()[0]] = reader.feed(encoder.encode(event))
  return first?.data
}
