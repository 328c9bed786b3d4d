// A service account of the tests: a key pair made for this run, and the file that its owner would have.

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

const pair = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
if (!('publicKey' in pair)) throw new Error('Expected a pair.')
const { publicKey } = pair

const exported = await crypto.subtle.exportKey('pkcs8', pair.privateKey)
if (!(exported instanceof ArrayBuffer)) throw new Error('Expected bytes.')
const base64 = btoa(String.fromCharCode(...new Uint8Array(exported)))
const lines = base64.match(/.{1,64}/g) ?? []
export const PEM = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`

let made = 0

/** The credential of a slot; each has an account of its own, because the isolate keeps tokens. */
export function keyFile(more: Readonly<Record<string, unknown>> = {}) {
  made++
  return {
    type: 'service_account',
    project_id: 'own-project',
    private_key_id: `key-${made}`,
    private_key: PEM,
    client_email: `worker-${made}@own-project.iam.gserviceaccount.com`,
    token_uri: 'https://oauth2.googleapis.com/token',
    ...more,
  }
}

/** The two parts of a JWT that are JSON, and whether its signature is the key's. */
export async function readJwt(jwt: string): Promise<{ header: unknown; claims: unknown; genuine: boolean }> {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const genuine = await crypto.subtle.verify(
    RSA.name,
    publicKey,
    bytesOf(signature),
    new TextEncoder().encode(`${header}.${claims}`),
  )
  const json = (part: string): unknown => JSON.parse(new TextDecoder().decode(bytesOf(part)))
  return { header: json(header), claims: json(claims), genuine }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(base64url)) throw new Error('Not base64url.')
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}
