// Rate limits that are told but not kept: they go down with each request and start anew long before anybody would have to
// worry, because a benchmark must be able to run against the demo for as long as it likes.

export interface Level {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until it is full again. */
  readonly resetMs: number
}

export interface Levels {
  readonly requests: Level
  readonly input: Level
  readonly output: Level
}

const LIMITS = { requests: 4000, input: 2_000_000, output: 400_000 }
/** The part of a limit that is ever used. */
const SHARE = 0.2

export class Meter {
  #requests = 0
  #input = 0
  #output = 0

  /** What is left after one more request. */
  take(input: number, output: number): Levels {
    this.#requests += 1
    this.#input += input
    this.#output += output
    const level = (limit: number, used: number): Level => {
      const inWindow = used % Math.floor(limit * SHARE)
      return { limit, remaining: limit - inWindow, resetMs: Math.ceil((inWindow / limit) * 60) * 1000 }
    }
    return {
      requests: level(LIMITS.requests, this.#requests),
      input: level(LIMITS.input, this.#input),
      output: level(LIMITS.output, this.#output),
    }
  }

  /** What a client is told that has asked too often. */
  exhausted(seconds: number): Levels {
    const { requests, input, output } = this.take(0, 0)
    return { requests: { ...requests, remaining: 0, resetMs: seconds * 1000 }, input, output }
  }
}
