// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

/** A pair of keys, with the token of a session where they are temporary. */
export interface SigningKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface Signable {
  readonly method: string
  readonly url: string
  /** Headers to be signed beside those that the signature itself brings. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Where and when a signature holds. */
export interface Scope {
  readonly region: string
  readonly service: string
  readonly date: Date
}

/** The headers that sign a request. Its host is signed as well, and is to be sent as the URL has it. */
export async function sign(request: Signable, key: SigningKey, scope: Scope): Promise<Record<string, string>> {
  const time = scope.date.toISOString().replace(/[:-]|\.\d+/g, '')
  const token = key.sessionToken
  const own = { 'x-amz-date': time, ...(token && { 'x-amz-security-token': token }) }
  const url = new URL(request.url)
  const headers = Object.entries({ ...request.headers, ...own, host: url.host }).sort(byName)
  const signed = headers.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    pathOf(url),
    queryOf(url),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`),
    '',
    signed,
    await sha256(request.body),
  ].join('\n')

  const place = [time.slice(0, 8), scope.region, scope.service, 'aws4_request']
  let secret: BufferSource = encoder.encode(`AWS4${key.secretAccessKey}`)
  for (const step of place) secret = await hmac(secret, step)
  const text = ['AWS4-HMAC-SHA256', time, place.join('/'), await sha256(canonical)].join('\n')
  const signature = hex(await hmac(secret, text))
  const credential = `${key.accessKeyId}/${place.join('/')}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`
  return { ...own, authorization }
}

const encoder = new TextEncoder()

/** Each segment is escaped once more than it is on the wire; empty ones count as none. */
function pathOf({ pathname }: URL): string {
  return pathname.replace(/\/+/g, '/').split('/').map(escaped).join('/')
}

function queryOf({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]): [string, string] => [escaped(name), escaped(value)])
    .sort((a, b) => byName(a, b) || (a[1] < b[1] ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Everything but RFC 3986's unreserved characters. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a === b ? 0 : a < b ? -1 : 1
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
}

async function hmac(secret: BufferSource, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
