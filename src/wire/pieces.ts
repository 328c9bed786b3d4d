// Bytes that are kept until the rest has come: joined once, because joining at each piece is quadratic.

export class Pieces {
  #pieces: Uint8Array[] = []
  #size = 0

  push(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#size += piece.length
  }

  /** Everything so far as one, and nothing is left. */
  take(): Uint8Array {
    const [first = new Uint8Array(0), ...rest] = this.#pieces
    this.#pieces = []
    if (rest.length === 0) {
      this.#size = 0
      return first
    }
    const all = new Uint8Array(this.#size)
    let at = 0
    for (const piece of [first, ...rest]) {
      all.set(piece, at)
      at += piece.length
    }
    this.#size = 0
    return all
  }
}
