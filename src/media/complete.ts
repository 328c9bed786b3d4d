// Media that a client names by address, fetched where a provider takes only bytes.
import { GatewayError } from '../hub/error.ts'
import type { Call, Media, RemoteMedia } from '../hub/provider.ts'
import { deadline, lateness } from '../timeouts.ts'
import { type Fetching, fetchMedia, Unfetchable } from './fetch.ts'

/** Together: as much as fits into an isolate beside the request that it becomes a part of. */
const MAX_BYTES = 20 * 1024 * 1024
/** So that one request does not become a flood of others. */
const MAX_MEDIA = 32
const AT_ONCE = 4
/** For all of them. */
const MEDIA_MS = 30_000

export interface Surroundings extends Pick<Fetching, 'network' | 'own' | 'signal'> {}

/**
 * The call with all that it needs fetched into it: several at once, each address once.
 * @throws GatewayError 400 for what cannot be fetched or is no medium; 504 when the request has no time left.
 */
export async function complete(call: Call, { network, own, signal }: Surroundings): Promise<Call> {
  if (!call.needs) return call
  const wanted = new Map(call.needs.urls.map((one) => [one.url, one]))
  const beyond = [...wanted.values()][MAX_MEDIA]
  if (beyond) throw refused(beyond, new Unfetchable(`one request may name ${MAX_MEDIA} that have to be fetched`))
  const late = deadline(MEDIA_MS, '')
  const failed = new AbortController()
  const fetching: Fetching = {
    network,
    own,
    signal: AbortSignal.any([signal, late.signal, failed.signal]),
    left: MAX_BYTES,
  }
  const fetched = new Map<string, Media>()
  // All take from one queue.
  const queue = wanted.values()
  const work = async () => {
    for (const one of queue) fetched.set(one.url, await fetchOne(one, fetching, late.signal))
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } catch (thrown) {
    throw signal.aborted ? (lateness(signal.reason) ?? thrown) : thrown
  } finally {
    late.clear()
    failed.abort()
  }
  return call.needs.with(fetched)
}

async function fetchOne(media: RemoteMedia, fetching: Fetching, late: AbortSignal): Promise<Media> {
  try {
    return await fetchMedia(media.url, fetching)
  } catch (thrown) {
    if (thrown instanceof Unfetchable) throw refused(media, thrown)
    const why = late.aborted ? 'it takes too long' : 'its server cannot be reached'
    throw refused(media, new Unfetchable(why))
  }
}

function refused({ path }: RemoteMedia, { message, foreign }: Unfetchable): GatewayError {
  const code = foreign ? 'invalid_image_format' : 'invalid_image_url'
  return new GatewayError(code, `The media at '${path}' cannot be used: ${message}.`, { param: path })
}
