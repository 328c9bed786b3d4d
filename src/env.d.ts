// Bindings that not every Worker has.
interface Env {
  /** A network of public addresses alone, for what clients name: where the Worker is not run by Cloudflare. */
  readonly MEDIA?: Pick<Fetcher, 'fetch'>
  /** The page, where the platform does not serve it before the Worker is asked. */
  readonly PAGE?: Pick<Fetcher, 'fetch'>
  /** A point for each request. */
  readonly USAGE?: AnalyticsEngineDataset
}
