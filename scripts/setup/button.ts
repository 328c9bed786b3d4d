// The button "Deploy to Cloudflare", for the repository that this is a clone of: it has to name one, and a fork is another.
// https://developers.cloudflare.com/workers/platform/deploy-buttons/
import { Failure } from '../command.ts'

/**
 * Markdown for a page of the repository's.
 * @param remote what `git remote get-url origin` says.
 * @throws Failure for a place that Cloudflare cannot clone from.
 */
export function buttonFor(remote: string): string {
  const [, host, path] =
    /^(?:https?:\/\/(?:[^@/]*@)?|(?:ssh:\/\/)?git@)([\w.-]+)(?::\d+\/|[:/])(.+?)(?:\.git)?\/?$/.exec(remote.trim()) ??
    []
  if (!host || !path || !/^(?:github|gitlab)\.com$/.test(host)) {
    throw new Failure('The button is for public repositories on github.com and gitlab.com: origin is none.')
  }
  const url = `https://deploy.workers.cloudflare.com/?url=https://${host}/${path}`
  return `[![Deploy to Cloudflare](https://deploy.workers.cloudflare.com/button)](${url})`
}
