// Words in a user's message that make the demo behave in a certain way, so that any client can drive it:
// `demo:cut`, `demo:slow=200`. They are read from the last user message only, and taken out of what is echoed.

/** Every directive, with what it does. Printed by `GET /`. */
export const DIRECTIVES = {
  // What the answer is.
  echo: 'answers with the request it received, as JSON',
  words: '=N answers with N words',
  tool: '=NAME calls a tool (the first one without a name)',
  parallel: 'calls every tool, or the only one twice',
  'broken-args': 'calls a tool with arguments that end too early',
  refusal: 'is refused by the model, without content; =late after some text',
  empty: 'ends the turn without content',
  pause: '=N pauses a server tool N times',
  cite: 'searches the web and cites what it found',
  redacted: 'thinks in a redacted block',
  fence: 'wraps JSON in a Markdown fence',
  window: 'runs out of the context window',
  unknown: 'mixes in blocks, deltas and events nobody knows',
  compaction: 'begins with a compaction block without content',
  fallback: 'is answered by another model after a second message_start',
  // How it goes wrong.
  overloaded: 'overloaded: 529, or 503 where that is the custom',
  'overloaded-first': '200, then an overload error as the first event',
  'error-mid': 'an error event in the middle of the text',
  cut: '=N the connection breaks after N events (half of them)',
  truncate: 'the body ends cleanly, but without its last events',
  garbage: 'an event, or a body, that is no JSON',
  html: '502 with an HTML page',
  redirect: '302 to somewhere else',
  reset: 'the connection breaks before the answer',
  hang: 'no answer at all',
  flaky: '=N the first N attempts of this request get a 500',
  // How it is sent.
  slow: '=MS waits before each event',
  silent: '=MS head at once, then silence before the first event',
  stall: '=MS silence in the middle',
  crlf: 'lines end in CRLF, with comments between them',
  shred: 'a few bytes at a time',
  only: '=MODEL the other directives hold for this model only',
} as const

type Name = keyof typeof DIRECTIVES

const PATTERN = /\bdemo:([a-z0-9-]+)(?:=([\w.-]+))?/g

/** The directives of one message. */
export class Directives {
  readonly #given: ReadonlyMap<string, string>

  constructor(text: string, model: string) {
    const given = new Map([...text.matchAll(PATTERN)].map(([, name = '', value = '']) => [name, value]))
    const only = given.get('only')
    this.#given = only === undefined || only === model ? given : new Map()
  }

  has(name: Name): boolean {
    return this.#given.has(name)
  }

  /** What stands behind `=`; empty without it. */
  value(name: Name): string {
    return this.#given.get(name) ?? ''
  }

  /** The number behind `=`, or what holds without one. */
  number(name: Name, fallback: number): number {
    const value = Number.parseFloat(this.value(name))
    return Number.isFinite(value) ? value : fallback
  }

  /** A status asked for by number, `demo:503`, with what stands behind it: `demo:429=20` says when to retry. */
  get status(): { readonly status: number; readonly detail: number | undefined } | undefined {
    for (const [name, value] of this.#given) {
      if (!/^[45]\d\d$/.test(name)) continue
      return { status: Number(name), detail: value === '' ? undefined : Number(value) }
    }
    return undefined
  }
}

/** A message without its directives. */
export const withoutDirectives = (text: string): string =>
  text
    .replace(PATTERN, '')
    .replace(/[ \t]+/g, ' ')
    .trim()
