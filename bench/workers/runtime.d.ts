// The globals of the Workers runtime that the benchmark's Workers, and what they import, use and that neither Node nor a
// browser has. The runtime's own types cannot stand beside the DOM's, which the scripts are checked with.
declare class IdentityTransformStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<Uint8Array>
}

declare class FixedLengthStream extends IdentityTransformStream {
  constructor(length: number)
}
