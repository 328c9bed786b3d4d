// What the gateway and a key's store of responses say to each other. It only grows, and new members are optional: the two
// may be of different versions for a while.

/** A response to keep: sealed, in pieces that a row can hold, or only the slot of the provider that keeps it itself. */
export interface KeepAsk {
  readonly id: string
  /** Epoch milliseconds. */
  readonly expires: number
  /** The response that it goes on with: it is kept as long. */
  readonly previous?: string
  readonly slot?: string
  readonly pieces?: readonly Uint8Array<ArrayBuffer>[]
}

export interface LoadAsk {
  /** The last response of a conversation, whose earlier ones are wanted too. */
  readonly chain?: string
  readonly ids?: readonly string[]
}

/** A response as it is kept. */
export interface StoredResponse {
  readonly id: string
  readonly previous?: string
  readonly slot?: string
  readonly sealed?: Uint8Array<ArrayBuffer>
}

export interface LoadAnswer {
  /** The last one first, as many as one answer may hold. */
  readonly chain: readonly StoredResponse[]
  /** Where to go on: there are more, or one is missing. */
  readonly more?: string
  readonly found: readonly StoredResponse[]
}

/** What the gateway calls a store by. */
export interface StoreNamespace {
  getByName(name: string): {
    keep(ask: KeepAsk): Promise<object>
    load(ask: LoadAsk): Promise<LoadAnswer>
    remove(ask: { readonly id: string }): Promise<object>
    clear(): Promise<object>
  }
}
