// What a version of the service knows. A slot says which one it is in `api_version`, as in `3.1`.

export interface Generation {
  /** From 3.0 a message may hold images. */
  readonly parts: boolean
  /** From 3.1 an answer can be held to a grammar. */
  readonly grammar: boolean
  /** From 4.0 calls are read out of what the model says; before, they are text like any other. */
  readonly calls: boolean
}

/** Without a version, or with one that is none: the newest. */
export function generationOf(version: string | undefined): Generation {
  const [, major, minor = 0] = /^v?(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? []
  const number = major === undefined ? Number.POSITIVE_INFINITY : Number(major) * 1000 + Number(minor)
  return { parts: number >= 3000, grammar: number >= 3001, calls: number >= 4000 }
}
