// Where each thing that is sent came from, so that the service's words about it can be said of what the client sent.

/** From a turn, a block, a tool or a cache point to its path in the client's request: `messages[2].content[0]`. */
export type Origins = Map<object, string>
