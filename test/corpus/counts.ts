// How many cases ran, of those that the corpus lists: told at the end of each file, and kept for scripts/corpus-count.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { countsFile } from '../../scripts/corpus-count.ts'
import { listed } from './cases.ts'

export class Count {
  readonly #provider: string
  readonly #layer: 'core' | 'e2e'
  readonly #ran = new Set<string>()

  constructor(provider: string, layer: 'core' | 'e2e') {
    this.#provider = provider
    this.#layer = layer
  }

  /** The case has run to its end, and nothing was wrong. */
  ran(name: string): void {
    this.#ran.add(name)
  }

  tell(): void {
    const all = listed(this.#provider).length
    console.log(`corpus ${this.#provider}: ${this.#ran.size} cases ran of ${all} listed`)
    const file = countsFile(this.#provider, this.#layer)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ ran: this.#ran.size }))
  }
}
