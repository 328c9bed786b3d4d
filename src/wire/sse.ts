// Server-sent events, read as the HTML standard says (https://html.spec.whatwg.org/multipage/server-sent-events.html)
// and written in the one form every client takes.
import type { Frame } from './frames.ts'

/** `event` is the `event:` field, or '' without one; `data` the `data:` lines, joined with a line feed. */
export type SseEvent = Frame

/** An event that never ends would fill the isolate: past this many UTF-16 units it is refused. */
export const MAX_EVENT = 48 * 1024 * 1024

/**
 * Reads events from bytes that may be cut anywhere, inside a character or between `\r` and `\n`.
 *
 * Work is linear in size: a line that is still open is kept as pieces and only the new chunk is searched for its end.
 * An event with no `data` is none, as the standard has it; one that the body ends in the middle of is given by `end`,
 * because services leave the last blank line out.
 */
export class SseReader {
  readonly #decoder = new TextDecoder('utf-8')
  /** The line that is still open. Appending makes a rope; it is flattened once, when the line ends. */
  #line = ''
  #event = ''
  #data: string[] = []
  /** What `#data` takes: a line that says nothing still fills memory. */
  #size = 0
  /** The last chunk ended in `\r`, which ended a line; a `\n` that follows belongs to it. */
  #afterReturn = false
  readonly #bare: boolean

  /** @param bare JSON may stand between the events, not in one: each run of its lines is given as the data of one. */
  constructor(bare = false) {
    this.#bare = bare
  }

  /** @throws RangeError when one event grows past `MAX_EVENT`. */
  feed(chunk: Uint8Array): SseEvent[] {
    return this.#read(this.#decoder.decode(chunk, { stream: true }))
  }

  /** The event that the body ended in the middle of, if it had any data. */
  end(): SseEvent[] {
    const events = this.#read(this.#decoder.decode())
    if (this.#line) this.#field(this.#take(''))
    this.#dispatch(events)
    return events
  }

  #read(text: string): SseEvent[] {
    const events: SseEvent[] = []
    if (text === '') return events
    let rest = this.#afterReturn && text.charCodeAt(0) === LF ? text.slice(1) : text
    this.#afterReturn = text.charCodeAt(text.length - 1) === CR
    if (rest.indexOf('\r') !== -1) rest = rest.replace(/\r\n?/g, '\n')
    let from = 0
    for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n', from)) {
      const line = this.#take(rest.slice(from, at))
      if (line === '') this.#dispatch(events)
      else this.#field(line)
      from = at + 1
    }
    this.#line += from === 0 ? rest : rest.slice(from)
    if (this.#size + this.#line.length > MAX_EVENT) throw new RangeError('The event is larger than the gateway reads.')
    return events
  }

  #take(tail: string): string {
    if (this.#line === '') return tail
    const line = this.#line + tail
    this.#line = ''
    return line
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    // A line that begins with a colon is a comment; one without any has a name and no value.
    if (colon === 0) return
    const name = colon === -1 ? line : line.slice(0, colon)
    if (name === 'data') this.#add(fieldValue(line, colon))
    else if (name === 'event') this.#event = fieldValue(line, colon)
    else if (this.#bare && !OTHER.test(name)) this.#add(line)
  }

  #add(value: string): void {
    this.#data.push(value)
    this.#size += value.length + LINE_COST
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data.length > 0) {
      events.push({ event: this.#event, data: this.#data.join('\n') })
      this.#data = []
    }
    this.#event = ''
    this.#size = 0
  }
}

/** What a line takes beside its text, in UTF-16 units. */
const LINE_COST = 32
/** Fields that say nothing here, and lines that say nothing anywhere. */
const OTHER = /^(?:id|retry|\s*)$/
const LF = 10
const CR = 13

function fieldValue(line: string, colon: number): string {
  if (colon === -1) return ''
  return line.charCodeAt(colon + 1) === 32 ? line.slice(colon + 2) : line.slice(colon + 1)
}

/** One event with nothing but data, which must hold no line break (JSON never does). */
export function sseData(data: string): string {
  return `data: ${data}\n\n`
}

/** A comment: clients pass over it, and it keeps what stands between from closing an idle connection. */
export function sseComment(text: string): string {
  return `: ${text}\n\n`
}

/**
 * Finds where whole events end in bytes that are passed on as they are, so that an unfinished event can be kept back.
 */
export class SseBoundary {
  #lineEmpty = true
  #afterReturn = false
  /** The last byte ended an event. */
  #complete = false

  /** The offsets behind each event that ends in this chunk, in order. */
  ends(chunk: Uint8Array): number[] {
    // Nearly nobody writes carriage returns, and `indexOf` is many times as fast as a loop over bytes.
    if (chunk.length > 0 && !this.#afterReturn && !chunk.includes(CR)) return this.#byLineFeeds(chunk)
    const ends: number[] = []
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]
      if (byte === LF && this.#afterReturn) {
        // The second half of a line end that was counted already: it goes where its first half went.
        this.#afterReturn = false
        if (this.#complete) ends[Math.max(0, ends.length - 1)] = i + 1
        continue
      }
      this.#afterReturn = byte === CR
      const breaks = byte === LF || byte === CR
      this.#complete = breaks && this.#lineEmpty
      if (this.#complete) ends.push(i + 1)
      this.#lineEmpty = breaks
    }
    return ends
  }

  #byLineFeeds(chunk: Uint8Array): number[] {
    const ends: number[] = []
    let line = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, line)) {
      this.#complete = at === line && (line > 0 || this.#lineEmpty)
      if (this.#complete) ends.push(at + 1)
      line = at + 1
    }
    this.#lineEmpty = line === chunk.length
    this.#complete &&= this.#lineEmpty
    return ends
  }
}
