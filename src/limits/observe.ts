// What an isolate knows of its providers: a sight for each credential and family of models that it has asked of late.

import { Observer, type ObserverOptions } from './observer.ts'
import { Sight } from './sight.ts'

const MAX_VIEWS = 2000

/** What one isolate knows of its providers. */
export class Observers {
  readonly #sights = new Map<string, Sight>()
  readonly #clock: () => number

  /** @param clock epoch milliseconds. */
  constructor(clock: () => number = () => Date.now()) {
    this.#clock = clock
  }

  observer(options: ObserverOptions): Observer {
    const { credentialId, family, model } = options
    const sight = this.#sight(`${credentialId}:${family}`)
    if (model !== undefined) sight.model = model
    return new Observer(sight, this.#clock, options)
  }

  /** The families of a credential that this isolate has asked, with a model of each. */
  familiesOf(credentialId: string): { readonly family: string; readonly model: string }[] {
    const begins = `${credentialId}:`
    return [...this.#sights].flatMap(([name, { model }]) =>
      name.startsWith(begins) && model !== undefined ? [{ family: name.slice(begins.length), model }] : [],
    )
  }

  #sight(name: string): Sight {
    const sight = this.#sights.get(name) ?? new Sight()
    this.#sights.delete(name)
    this.#sights.set(name, sight)
    for (const oldest of this.#sights.keys()) {
      if (this.#sights.size <= MAX_VIEWS) break
      this.#sights.delete(oldest)
    }
    return sight
  }
}

/** What this isolate knows. */
export const observers = new Observers()
