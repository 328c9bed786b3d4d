// Which addresses the gateway fetches for a client: names that are public by their form, and nothing else. What a name
// resolves to is the network's concern (SECURITY.md).

/** A name with a dot, whose last part is no number: addresses in digits of any spelling are none. */
const NAME = /^(?:[\w-]+\.)+[a-z][\w-]*$/

/** Names that mean something only inside of a network (RFC 6761, RFC 6762, RFC 8375, RFC 7686, and common use). */
const INSIDE =
  /\.(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|svc|arpa|onion|i2p|test|invalid)$/

/**
 * Why an address is not fetched, or undefined for one that is. The URL parser has brought every spelling into one form
 * before: digits of other scripts and percent signs, decimal, octal, hexadecimal and short IPv4, upper case.
 * @param own the host that the gateway itself was asked at.
 */
export function refusal({ protocol, username, password, port, hostname }: URL, own: string): string | undefined {
  if (protocol !== 'https:') return 'only https addresses are fetched'
  if (username !== '' || password !== '') return 'its address holds a user name or a password'
  if (port !== '') return 'only port 443 is asked'
  const host = bare(hostname)
  if (!NAME.test(host) || INSIDE.test(host)) return 'its host is not a public name'
  return host === bare(own) ? "its host is the gateway's own" : undefined
}

/** Without the dots at its end, which make a name absolute and no other. */
function bare(host: string): string {
  return host.toLowerCase().replace(/\.+$/, '')
}
