// Names and ids within the service's rules, and back: the client always sees its own.
const ALLOWED = /[^a-zA-Z0-9_-]/g

/** A one-to-one map of names into `[a-zA-Z0-9_-]{1,limit}`. Names that are allowed already stay as they are. */
export class Names {
  readonly #limit: number
  readonly #out = new Map<string, string>()
  readonly #back = new Map<string, string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The name as it is sent. */
  out(name: string): string {
    const known = this.#out.get(name)
    if (known !== undefined) return known
    const sent = this.fresh(name)
    this.#out.set(name, sent)
    this.#back.set(sent, name)
    return sent
  }

  /** A name like this one that nothing has yet. */
  fresh(name: string): string {
    const base = name.replace(ALLOWED, '_').slice(0, this.#limit) || '_'
    let sent = base
    for (let n = 2; this.#back.has(sent); n++) {
      const suffix = `_${n}`
      sent = base.slice(0, this.#limit - suffix.length) + suffix
    }
    return sent
  }

  /** The client's name for one that comes back. */
  back(sent: string): string {
    return this.#back.get(sent) ?? sent
  }
}
