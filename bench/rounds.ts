// Comparing what is measured on a machine that others use, too: side by side, in turns, and by medians.

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2
}

/** Another order each round, so that none always follows the same other one. */
function turned<N>(names: readonly N[], round: number): N[] {
  const at = Math.floor(round / 2) % names.length
  const turned = [...names.slice(at), ...names.slice(0, at)]
  return round % 2 === 0 ? turned : turned.reverse()
}

/** What each variant took in each round. */
export class Rounds<N extends string> {
  readonly #took: ReadonlyMap<N, number[]>

  private constructor(names: readonly N[]) {
    this.#took = new Map(names.map((name) => [name, []]))
  }

  /**
   * Measures every variant once a round, each round in another order. The round before the first one is not counted:
   * code is compiled in it, and caches are filled.
   */
  static async run<N extends string>(
    names: readonly N[],
    count: number,
    measure: (name: N) => Promise<number>,
  ): Promise<Rounds<N>> {
    const rounds = new Rounds(names)
    for (let round = 0; round <= count; round++) {
      for (const name of turned(names, round)) {
        const took = await measure(name)
        if (round > 0) rounds.#took.get(name)?.push(took)
      }
    }
    return rounds
  }

  of(name: N): number {
    return median(this.#took.get(name) ?? [])
  }

  /** What it took when nothing else was in the way. */
  least(name: N): number {
    return Math.min(...(this.#took.get(name) ?? []))
  }

  /** How often `base` goes into it, round by round: what else the machine did weighs on both alike. */
  ratio(name: N, base: N): number {
    return this.#pairs(name, base, (a, b) => a / b)
  }

  /** What it took more than `base`, round by round. */
  above(name: N, base: N): number {
    return this.#pairs(name, base, (a, b) => a - b)
  }

  #pairs(name: N, base: N, compare: (a: number, b: number) => number): number {
    const others = this.#took.get(base) ?? []
    return median((this.#took.get(name) ?? []).map((took, i) => compare(took, others[i] ?? Number.NaN)))
  }
}
