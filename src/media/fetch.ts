// Fetches one medium: checked at every step, small enough, in time, and what it says it is.
import { isImage, sniff } from '../hub/media.ts'
import type { Media } from '../hub/provider.ts'
import { refusal } from './address.ts'

/** Why there is nothing, in words for the client. They hold nothing of the address, which may hold a secret. */
export class Unfetchable extends Error {
  override readonly name = 'Unfetchable'
  /** It came, but is nothing that a model takes. */
  readonly foreign: boolean

  constructor(why: string, foreign = false) {
    super(why)
    this.foreign = foreign
  }
}

/** What all media of a request share. */
export interface Fetching {
  /** Where public addresses are reached. */
  readonly network: Pick<Fetcher, 'fetch'>
  /** The host that the gateway itself was asked at. */
  readonly own: string
  readonly signal: AbortSignal
  /** How many bytes may still come, of all media together. */
  left: number
}

/** Nothing of the client's request goes along, and no credential. Some servers refuse who does not say their name. */
const HEADERS = { accept: 'image/*, audio/*, application/pdf', 'user-agent': 'dragoman' }
const REDIRECTS = 3

/** @throws Unfetchable. Other errors are the network's. */
export async function fetchMedia(address: string, fetching: Fetching): Promise<Media> {
  const response = await follow(address, fetching)
  try {
    if (!response.ok) throw new Unfetchable(`its server answered ${response.status}`)
    if (Number(response.headers.get('content-length')) > fetching.left) throw tooLarge()
    return typed(await base64Of(response, fetching), response.headers.get('content-type') ?? '')
  } catch (thrown) {
    await response.body?.cancel().catch(() => undefined)
    throw thrown
  }
}

/** The response at the end of all redirects. */
async function follow(address: string, { network, own, signal }: Fetching): Promise<Response> {
  let url = parsed(address)
  for (let hops = 0; hops <= REDIRECTS; hops++) {
    const why = refusal(url, own)
    if (why !== undefined) throw new Unfetchable(hops === 0 ? why : `it redirects, and ${why}`)
    const response = await network.fetch(url.href, { headers: HEADERS, redirect: 'manual', signal })
    const next = response.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || next === null) return response
    await response.body?.cancel()
    url = parsed(next, url)
  }
  throw new Unfetchable('it redirects too often')
}

function parsed(address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href)) throw new Unfetchable('its address is none')
  return new URL(address, base)
}

/** A multiple of three, so that the parts of the text join, and few enough to be arguments of a call. */
const PART = 24_576

async function base64Of({ body }: Response, fetching: Fetching): Promise<string> {
  let text = ''
  let rest = new Uint8Array(0)
  for await (const chunk of body ?? []) {
    fetching.left -= chunk.byteLength
    if (fetching.left < 0) throw tooLarge()
    const bytes = joined(rest, chunk)
    const whole = bytes.length - (bytes.length % PART)
    for (let at = 0; at < whole; at += PART) text += encoded(bytes.subarray(at, at + PART))
    rest = bytes.slice(whole)
  }
  return text + encoded(rest)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

function encoded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function tooLarge(): Unfetchable {
  return new Unfetchable('there is more than 20 MB to fetch')
}

/** What a file is counts more than what it is called. One that we would know must be what it is called. */
function typed(base64: string, contentType: string): Media {
  const name = contentType.replace(/;.*/s, '').trim().toLowerCase()
  const called = name === 'image/jpg' ? 'image/jpeg' : name
  const type = sniff(base64) ?? (isImage(called) || called === 'application/pdf' ? '' : called)
  if (base64 !== '' && /^(?:image|audio)\/.|^application\/pdf$/.test(type)) return { type, base64 }
  throw new Unfetchable('it is no image, audio or PDF', true)
}
