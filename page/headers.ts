// The headers of the page and of the data beside it. On Cloudflare they stand in a file of the assets (`_headers`:
// https://developers.cloudflare.com/workers/static-assets/headers/); elsewhere selfhost/page.ts sends them.

/** Nothing but our own scripts, style and icon is loaded, and nothing is asked but this Worker. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
]

const UNUSED = ['camera', 'geolocation', 'microphone', 'payment', 'usb', 'browsing-topics']

const EVERYWHERE = {
  'content-security-policy': POLICY.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': UNUSED.map((one) => `${one}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** What any page may read: it is the same for everybody. */
const DATA = { 'access-control-allow-origin': '*' }

/** Headers by path; `/*` are every path's. */
export const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/*': EVERYWHERE,
  '/compat.json': DATA,
  '/openapi.json': DATA,
}
