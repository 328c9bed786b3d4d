// The one thing taken from the runtime's Node modules: a digest that needs no await. WebCrypto's would make all that
// leads up to a request asynchronous for the sake of a rare one.
declare module 'node:crypto' {
  interface Sha256 {
    update(text: string): Sha256
    digest(encoding: 'hex'): string
  }
  export function createHash(algorithm: 'sha256'): Sha256
}
