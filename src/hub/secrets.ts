// The credentials in use, so that no foreign word passes them on. Shapes alone do not tell: a key may look like any word,
// and who echoes one may have escaped it, split it, cut it or encoded it. So only letters and digits are compared, and
// only some in a row.

/** So many letters and digits in a row are no chance. A secret that has fewer is looked for as a whole. */
const BLOCK = 12
const STRIDE = 4
/** What is shorter could be a word. */
const LEAST = 8
/** Secrets that are remembered, the newest of them. */
const MOST = 256

/** One letter or digit, in whatever spelling: `a`, `\u0061`, `\x61`, `%61`, `&#x61;`, `&#97;`. */
const LETTER = /(?:\\u00|\\x|%|&#x0*)([0-9a-f]{2});?|&#0*(\d{2,3});|([a-z0-9])/gi

/** A text's letters and digits in lower case, and where in it each of them begins. */
function squeeze(text: string): { readonly letters: string; readonly places: readonly number[] } {
  let letters = ''
  const places: number[] = []
  for (const { 1: hex, 2: decimal, 3: plain, index } of text.matchAll(LETTER)) {
    const letter = plain ?? String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number(decimal))
    if (!/^[a-z0-9]$/i.test(letter)) continue
    letters += letter.toLowerCase()
    places.push(index)
  }
  return { letters, places }
}

/** What a secret is in base64, wherever it stands in what is encoded, but for the letters that its neighbours are in. */
function encoded(secret: string): string[] {
  return [0, 2, 3].map((from, before) =>
    btoa(' '.repeat(before) + secret)
      .replace(/=+$/, '')
      .slice(from, -1),
  )
}

/** What gives a secret away: blocks of it, so close that whatever is a little longer than one has one within. */
function blocksOf(secret: string): string[] {
  if (squeeze(secret).letters.length < LEAST) return []
  return [secret, ...encoded(secret)].flatMap((text) => {
    const { letters } = squeeze(text)
    const last = Math.max(0, letters.length - BLOCK)
    const starts = Array.from({ length: Math.ceil(last / STRIDE) }, (_, i) => i * STRIDE)
    return [...starts, last].map((at) => letters.slice(at, at + BLOCK)).filter((block) => block.length >= LEAST)
  })
}

/** The parts of a credential that open something. */
const OPENS = /secret|token|private_key$/

export class Secrets {
  /** In the order in which they were used last, and their blocks once anybody asked. */
  readonly #known = new Map<string, readonly string[] | undefined>()
  #blocks: ReadonlySet<string> | undefined
  /** How long blocks are: nearly always one length, and every one more is another pass over each text. */
  #lengths: ReadonlySet<number> = new Set()

  /** Remembers a credential: a text, or those parts of an object that are secret. */
  guard(credential: string | object | undefined): void {
    if (typeof credential === 'object') {
      for (const [name, part] of Object.entries(credential)) if (OPENS.test(name)) this.guard(String(part))
    } else if (credential !== undefined) {
      const blocks = this.#known.get(credential)
      if (!this.#known.delete(credential)) this.#blocks = undefined
      this.#known.set(credential, blocks)
      if (this.#known.size <= MOST) return
      const [oldest = ''] = this.#known.keys()
      this.#known.delete(oldest)
    }
  }

  within(text: string): boolean {
    return this.without(text) !== text
  }

  /** The text with `[redacted]` for each word that says a secret, or a good part of one. */
  without(text: string): string {
    const blocks = this.#all()
    if (blocks.size === 0) return text
    const { letters, places } = squeeze(text)
    const said = new Set<number>()
    for (let at = 0; at + LEAST <= letters.length; at++) {
      for (const length of this.#lengths) {
        if (!blocks.has(letters.slice(at, at + length))) continue
        for (const place of places.slice(at, at + length)) said.add(place)
      }
    }
    if (said.size === 0) return text
    return text.replace(/\S+/g, (word, from: number) => {
      for (let i = from; i < from + word.length; i++) if (said.has(i)) return '[redacted]'
      return word
    })
  }

  #all(): ReadonlySet<string> {
    if (this.#blocks) return this.#blocks
    for (const [secret, blocks] of this.#known) if (!blocks) this.#known.set(secret, blocksOf(secret))
    this.#blocks = new Set([...this.#known.values()].flatMap((blocks) => blocks ?? []))
    this.#lengths = new Set([...this.#blocks].map(({ length }) => length))
    return this.#blocks
  }
}

/** Those of this isolate. */
export const secrets = new Secrets()
