// A service account's word for itself: a JWT signed with its key (RFC 7519, RFC 7523).
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { at } from '../../hub/json.ts'

/** What of a key file is read. */
export interface KeyFile {
  readonly email: string
  /** PKCS#8, PEM. */
  readonly privateKey: string
  readonly keyId: string | undefined
  readonly projectId: string | undefined
  readonly tokenUri: string | undefined
}

/** The key file that a credential is; undefined for one that is text. */
export function keyFileIn(credential: unknown): KeyFile | undefined {
  const text = (key: string) => {
    const value = at(credential, key)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [email, privateKey] = [text('client_email'), text('private_key')]
  if (email === undefined || privateKey === undefined) return undefined
  return {
    email,
    privateKey,
    keyId: text('private_key_id'),
    projectId: text('project_id'),
    tokenUri: text('token_uri'),
  }
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** The longest that is allowed, in seconds. */
const LIFE = 3600
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/**
 * The signed assertion.
 * @param audience the address that it is sent to: nobody else may use it.
 * @param now seconds since 1970.
 * @throws DOMException when the private key cannot be read.
 */
export async function assertionOf(file: KeyFile, audience: string, now: number): Promise<string> {
  const header = { alg: 'RS256', typ: 'JWT', ...(file.keyId !== undefined && { kid: file.keyId }) }
  const claims = { iss: file.email, scope: SCOPE, aud: audience, iat: now, exp: now + LIFE }
  const input = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(claims)))}`
  const key = await crypto.subtle.importKey('pkcs8', derOf(file.privateKey), RS256, false, ['sign'])
  const signature = await crypto.subtle.sign(RS256.name, key, utf8(input))
  return `${input}.${base64url(new Uint8Array(signature))}`
}

/** What stands between the lines of a PEM (RFC 7468). Key files that went through an environment have `\n` in letters. */
function derOf(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = pem.replace(/-----[A-Z ]+-----|\\[nr]|\s/g, '')
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text))
}

/** RFC 4648, section 5, without padding. */
function base64url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
