// Lists of strings with parameters, parsed as RFC 9651 §4.2 says: a second reading of what the gateway writes.

export interface Member {
  readonly value: string
  readonly params: Readonly<Record<string, string | number>>
}

/** @throws Error where the text is no such list. */
export function parseList(text: string): Member[] {
  const input = new Input(text)
  const members: Member[] = []
  for (;;) {
    const value = input.string()
    const params: Record<string, string | number> = {}
    while (input.skip(';')) {
      input.spaces()
      const key = input.match(/^[a-z*][a-z0-9_.*-]*/)
      input.expect('=')
      params[key] = input.bare()
    }
    members.push({ value, params })
    input.spaces()
    if (input.done) return members
    input.expect(',')
    input.spaces()
  }
}

class Input {
  #rest: string

  constructor(text: string) {
    if (!/^[\x20-\x7e]*$/.test(text)) throw new Error('not ASCII')
    this.#rest = text
  }

  get done(): boolean {
    return this.#rest === ''
  }

  skip(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false
    this.#rest = this.#rest.slice(text.length)
    return true
  }

  expect(text: string): void {
    if (!this.skip(text)) throw new Error(`expected ${text} at: ${this.#rest.slice(0, 20)}`)
  }

  spaces(): void {
    while (this.skip(' '));
  }

  match(pattern: RegExp): string {
    const found = pattern.exec(this.#rest)?.[0]
    if (found === undefined) throw new Error(`expected ${pattern} at: ${this.#rest.slice(0, 20)}`)
    this.#rest = this.#rest.slice(found.length)
    return found
  }

  /** §4.2.5 and §4.2.10. */
  string(): string {
    if (this.skip('%"')) {
      const raw = this.match(/^(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*/)
      this.expect('"')
      const bytes = raw.replace(/%(..)/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
      )
    }
    this.expect('"')
    const raw = this.match(/^(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*/)
    this.expect('"')
    return raw.replace(/\\(.)/g, '$1')
  }

  /** A string, a token, or a number within the bounds of §4.2.4. */
  bare(): string | number {
    if (/^(?:"|%")/.test(this.#rest)) return this.string()
    if (/^[-0-9]/.test(this.#rest)) return Number(this.match(/^-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/))
    return this.match(/^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/)
  }
}
