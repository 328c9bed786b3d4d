// Bindings that not every Worker has.
interface Env {
  /** A network of public addresses alone, for what clients name: where the Worker is not run by Cloudflare. */
  readonly MEDIA?: Pick<Fetcher, 'fetch'>
  /** A point for each request. */
  readonly USAGE?: AnalyticsEngineDataset
}
