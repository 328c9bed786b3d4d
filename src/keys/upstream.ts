// Which base URLs a slot may have: https anywhere, plain http only where the operator allows it.

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

/**
 * What is wrong with a base URL, in words for its owner that quote nothing of it; null if it may be used.
 * @param allowHttp ALLOW_HTTP_UPSTREAMS: exact `http://` origins with commas between them; `loopback` among them allows
 *   127.0.0.0/8, localhost and [::1] on every port.
 */
export function baseUrlFault(text: string, allowHttp: string | undefined): string | null {
  // The parser would drop white space and turn backslashes; what is stored must be what is meant.
  if (/[\s\p{Cc}\\]/u.test(text) || !/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    return 'Expected an https URL.'
  const url = new URL(text)
  // Looked for in the text: an empty query, fragment or user name leaves no trace in the parsed URL.
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return 'Expected a URL without credentials.'
  if (/[?#]/.test(text)) return 'Expected a URL without query and fragment.'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && httpAllowed(url, allowHttp ?? '')) return null
  return "Expected an https URL. (Plain http needs the URL's origin in ALLOW_HTTP_UPSTREAMS.)"
}

function httpAllowed(url: URL, allowHttp: string): boolean {
  return allowHttp.split(',').some((entry) => {
    const allowed = entry.trim()
    if (allowed === 'loopback') return LOOPBACK.test(url.hostname)
    return allowed !== '' && URL.canParse(allowed) && new URL(allowed).origin === url.origin
  })
}

/** Whether an entry of ALLOW_HTTP_UPSTREAMS allows anything: one that is no `http:` origin matches nothing. */
export function allowsHttp(entry: string): boolean {
  const allowed = entry.trim()
  if (allowed === 'loopback') return true
  return /^http:/i.test(allowed) && URL.canParse(allowed) && new URL(allowed).pathname === '/'
}

/** The origin of a base URL that was checked; empty for none. */
export function originOf(baseUrl: string | undefined): string {
  return baseUrl === undefined ? '' : new URL(baseUrl).origin
}
