// Thoughts that stand in the text, between marks: `<think>…</think>` at its beginning, as open models write them.

export interface Piece {
  readonly kind: 'text' | 'reasoning'
  readonly text: string
}

/**
 * Splits a text that comes in pieces. Only what may still become a mark is kept back; marks within the text are text.
 * White space around the marks goes with them.
 */
export class ThoughtSplitter {
  readonly #open: string
  readonly #close: string
  readonly #opened: boolean
  #state: 'before' | 'opened' | 'inside' | 'behind' | 'text' = 'before'
  #held = ''

  /** @param opened the text begins inside of a thought, whether that is marked or not. */
  constructor([open, close]: readonly [string, string], opened: boolean) {
    this.#open = open
    this.#close = close
    this.#opened = opened
  }

  push(text: string): Piece[] {
    if (this.#state === 'text') return pieces('text', text)
    this.#held += text
    return this.#read(false)
  }

  /** What is left when the text has ended. */
  end(): Piece[] {
    return this.#read(true)
  }

  #read(last: boolean): Piece[] {
    const out: Piece[] = []
    if (this.#state === 'before') {
      const start = this.#held.trimStart()
      if (start.startsWith(this.#open)) {
        this.#held = start.slice(this.#open.length)
        this.#state = 'opened'
      } else if (last || !this.#open.startsWith(start)) this.#state = this.#opened ? 'inside' : 'text'
      else return out
    }
    if (this.#state === 'opened') {
      this.#held = this.#held.trimStart()
      if (this.#held !== '') this.#state = 'inside'
    }
    if (this.#state === 'inside') {
      const at = this.#held.indexOf(this.#close)
      const until = at >= 0 ? at : last ? this.#held.length : this.#held.length - suffix(this.#held, this.#close)
      out.push(...pieces('reasoning', this.#held.slice(0, until)))
      this.#held = this.#held.slice(at >= 0 ? at + this.#close.length : until)
      if (at >= 0) this.#state = 'behind'
    }
    if (this.#state === 'behind') {
      this.#held = this.#held.trimStart()
      if (this.#held !== '') this.#state = 'text'
    }
    if (this.#state === 'text') {
      out.push(...pieces('text', this.#held))
      this.#held = ''
    }
    return out
  }
}

function pieces(kind: Piece['kind'], text: string): Piece[] {
  return text === '' ? [] : [{ kind, text }]
}

/** How many characters at the end of a text may be the beginning of a mark. */
function suffix(text: string, mark: string): number {
  for (let size = Math.min(mark.length - 1, text.length); size > 0; size--) {
    if (text.endsWith(mark.slice(0, size))) return size
  }
  return 0
}
