// The differences that are let pass, each with its reason. An entry that no longer matters fails its test.
import type { Difference } from './reading.ts'

export interface Ignored {
  /** The cases it stands for. */
  readonly name: RegExp
  readonly field: string
  /** One of those cases, by which it is seen whether the entry still matters: another set may have none. */
  readonly example: string
  /** Only a difference of this kind, where a name would say too little. */
  readonly where?: (difference: Difference) => boolean
  readonly reason: string
}

export class Excuses {
  readonly #all: readonly Ignored[]
  readonly #mattered = new Set<Ignored>()

  constructor(all: readonly Ignored[] = []) {
    this.#all = all
  }

  /** The differences of a case that nothing excuses. */
  unexcused(name: string, all: readonly Difference[]): Difference[] {
    return all.filter((difference) => {
      const excuse = this.#all.find(
        (one) => one.field === difference.field && one.name.test(name) && (one.where?.(difference) ?? true),
      )
      if (excuse) this.#mattered.add(excuse)
      return !excuse
    })
  }

  /** The entries that excused nothing, though their example was compared. */
  stale(names: readonly string[]): string[] {
    return this.#all
      .filter((one) => !this.#mattered.has(one) && names.includes(one.example))
      .map(({ reason }) => reason)
  }
}
