// Cache points: marked by the client, in OpenAI's form or in Anthropic's, never added by us. They are blocks of their
// own, which stand behind what they end.
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html

import type { Ledger } from '../../hub/loss.ts'
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose, teller } from '../../hub/support.ts'
import type { Model } from './models.ts'
import type { Point } from './wire.ts'

const TTL = clamped('This cache keeps for 5 minutes or, with newer models, for 1 hour.')
const LONGER = clamped('A cache point of 1 hour follows, which none of 5 minutes may precede.')
const TOO_MANY = dropped('Converse takes four cache points: the last four are kept.')
const NO_TOOLS = dropped('This model takes no cache points among its tools.')

/** Every loss that a mark may meet. */
export const POINT_NOTES = [TTL, LONGER, TOO_MANY, NO_TOOLS]

interface Mark {
  readonly ttl?: string | null | undefined
}
interface Marked {
  readonly prompt_cache_breakpoint?: Mark | null | undefined
  readonly cache_control?: Mark | null | undefined
}

/** A point with where the client asked for it. */
export interface Placed {
  ttl: '1h' | undefined
  readonly path: string
}

/** What is sent, piece by piece: a block, and the cache point behind it. */
export interface Piece<B> {
  readonly block: B
  point?: Placed | undefined
}

export class Points {
  readonly #model: Model
  readonly #ledger: Ledger

  constructor(model: Model, ledger: Ledger) {
    this.#model = model
    this.#ledger = ledger
  }

  /** The point that a part, a message or a tool asks for. To a model without a cache it means nothing. */
  of(marked: Marked, path: string): Placed | undefined {
    const own = marked.cache_control
    const mark = own ?? marked.prompt_cache_breakpoint
    return mark ? this.#at(mark.ttl, `${path}.${own ? 'cache_control' : 'prompt_cache_breakpoint'}`) : undefined
  }

  /** The point at the end of the whole prompt. */
  top({ cache_control: own, prompt_cache_options: options }: ChatFields): Placed | undefined {
    if (own) return this.#at(own.ttl, 'cache_control')
    // OpenAI's own default time says nothing; the mode, sent explicitly, asks for a point here.
    const ttl = options?.ttl === '30m' ? undefined : options?.ttl
    return options?.mode === 'implicit' ? this.#at(ttl, 'prompt_cache_options') : undefined
  }

  #at(ttl: string | null | undefined, path: string): Placed | undefined {
    if (!this.#model.caches) return undefined
    const long = Boolean(ttl && ttl !== '5m')
    const sent = long && this.#model.hour ? '1h' : '5m'
    if (long && ttl !== sent) this.#tell(path)(TTL, { path: `${path}.ttl`, sent })
    return { path, ttl: sent === '1h' ? sent : undefined }
  }

  /** Holds the points of a request, in their order, within the rules. Those of tools may have no place at all. */
  limit(tools: readonly Piece<unknown>[], rest: readonly Piece<unknown>[]): void {
    const among = tools.filter(({ point }) => point)
    if (this.#model.caches === 'messages') {
      for (const piece of among.splice(0)) this.#drop(piece, NO_TOOLS)
    }
    const all = [...among, ...rest.filter(({ point }) => point)]
    for (const piece of all.splice(0, Math.max(0, all.length - MAX_POINTS))) this.#drop(piece, TOO_MANY)
    const last = all.findLastIndex(({ point }) => point?.ttl)
    for (const { point } of all.slice(0, Math.max(0, last))) {
      if (!point || point.ttl) continue
      this.#tell(point.path)(LONGER, { path: `${point.path}.ttl`, sent: '1h' })
      point.ttl = '1h'
    }
  }

  #drop(piece: Piece<unknown>, note: typeof TOO_MANY): void {
    if (piece.point) this.#tell(piece.point.path)(note, { path: piece.point.path })
    piece.point = undefined
  }

  #tell(path: string): Lose {
    return teller(this.#ledger, /^[^.[]*/.exec(path)?.[0] ?? path)
  }
}

const MAX_POINTS = 4

/** The pieces as they are sent. */
export function laid<B>(pieces: readonly Piece<B>[]): (B | Point)[] {
  return pieces.flatMap(({ block, point }): (B | Point)[] => {
    if (!point) return [block]
    return [block, { cachePoint: { type: 'default', ...(point.ttl && { ttl: point.ttl }) } }]
  })
}
