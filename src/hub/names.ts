// Names within a service's rules, and back: the client always sees its own.
const ALLOWED = /^[a-zA-Z0-9_-]{1,64}$/
const LIMIT = 64

/** A one-to-one map of names into `[a-zA-Z0-9_-]{1,64}`, which every service takes. */
export class Names {
  readonly #out = new Map<string, string>()
  readonly #back = new Map<string, string>()
  readonly #taken: Set<string>
  readonly #begins: RegExp

  /**
   * @param taken names that nothing else may get.
   * @param kept names that stay as they are where they can, whatever other names are made into.
   * @param begins how a name has to begin: a `_` does.
   */
  constructor(taken: Iterable<string>, kept: Iterable<string>, begins = /^/) {
    this.#taken = new Set(taken)
    this.#begins = begins
    for (const name of kept) {
      if (ALLOWED.test(name) && begins.test(name) && !this.#taken.has(name)) this.out(name)
    }
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

  /** A name like this one that nothing has yet, and nothing else will get. */
  fresh(name: string): string {
    const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_') || '_'
    const base = (this.#begins.test(plain) ? plain : `_${plain}`).slice(0, LIMIT)
    let sent = base
    for (let n = 2; this.#taken.has(sent); n++) {
      const suffix = `_${n}`
      sent = base.slice(0, LIMIT - suffix.length) + suffix
    }
    this.#taken.add(sent)
    return sent
  }

  /** The client's name for one that comes back. */
  back(sent: string): string {
    return this.#back.get(sent) ?? sent
  }
}
