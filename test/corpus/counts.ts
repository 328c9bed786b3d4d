// How many cases ran, of those that the corpus lists: told at the end of each file, and kept for scripts/corpus-count.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Counted, countsFile, type Kind } from '../../scripts/corpus-count.ts'
import { listed } from './cases.ts'

export class Count {
  readonly #folder: string
  readonly #layer: Counted['layer']
  readonly #by: string
  readonly #kind: Kind
  readonly #ran = new Set<string>()

  /** @param by the test that counts, where several share the folder's cases. */
  constructor(folder: string, layer: Counted['layer'], by = 'all', kind: Kind = 'chat') {
    this.#folder = folder
    this.#layer = layer
    this.#by = by
    this.#kind = kind
  }

  /** The case has run to its end, and nothing was wrong. */
  ran(name: string): void {
    this.#ran.add(name)
  }

  tell(): void {
    const counted: Counted = { folder: this.#folder, layer: this.#layer, kind: this.#kind, ran: [...this.#ran] }
    console.log(
      `corpus ${this.#folder}: ${this.#ran.size} cases ran of ${listed(this.#folder, this.#kind).length} listed`,
    )
    const file = countsFile(counted, this.#by)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(counted))
  }
}
