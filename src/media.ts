// Media that a client names by address, fetched where a provider takes only bytes.
import { GatewayError } from './hub/error.ts'
import type { Call, Media, RemoteMedia } from './hub/provider.ts'

const MAX_BYTES = 20 * 1024 * 1024

/** The call with all that it needs fetched into it. @throws GatewayError 400 for what cannot be fetched. */
export async function complete(call: Call, signal: AbortSignal): Promise<Call> {
  if (!call.needs) return call
  const { urls } = call.needs
  const fetched = await Promise.all(urls.map(async (one) => [one.url, await mediaAt(one, signal)] as const))
  return call.needs.with(new Map(fetched))
}

async function mediaAt({ url, path }: RemoteMedia, signal: AbortSignal): Promise<Media> {
  const refuse = (why: string) =>
    new GatewayError('invalid_image_url', `The media at '${path}' ${why}.`, { param: path })
  const response = await fetch(url, { redirect: 'manual', signal })
  if (!response.ok) throw refuse(`cannot be fetched: its server answered ${response.status}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.byteLength > MAX_BYTES) throw refuse('is larger than 20 MB')
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return { type, base64: Buffer.from(bytes).toString('base64') }
}
