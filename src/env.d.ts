// Bindings that are there only where the Worker is not run by Cloudflare.
interface Env {
  /** A network of public addresses alone, for what clients name. */
  readonly MEDIA?: Pick<Fetcher, 'fetch'>
}
