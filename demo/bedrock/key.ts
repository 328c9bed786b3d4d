// Who asks: a bearer key, or a signature that is made once more and compared.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/** The pair of AWS' own documentation. */
export const ACCESS_KEY = {
  access_key_id: 'AKIDEXAMPLE',
  secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
} as const

const SKEW_MS = 5 * 60_000

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const forbid = (message: string, type: string): never => {
  throw new Refusal(message, type, 403)
}

/** @throws Refusal for a key or a signature that opens nothing. */
export function checkKey(exchange: Exchange, now: number): void {
  const { authorization = '' } = exchange.request.headers
  if (/^Bearer \S/.test(authorization)) {
    if (/invalid/.test(authorization))
      forbid('Authentication failed: Please make sure your API Key is valid.', 'AccessDeniedException')
    return
  }
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  const [, id = '', scope = '', names = '', signature] = parts ?? []
  if (!parts) forbid('Missing Authentication Token', 'MissingAuthenticationTokenException')
  if (id !== ACCESS_KEY.access_key_id)
    forbid('The security token included in the request is invalid.', 'UnrecognizedClientException')
  checkTime(exchange, scope, now)
  const date = exchange.request.headers['x-amz-date'] ?? ''
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(exchange, names.split(';')))].join('\n')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${ACCESS_KEY.secret_access_key}`)
  if (hmac(key, text).toString('hex') !== signature) {
    forbid(
      'The request signature we calculated does not match the signature you provided.',
      'InvalidSignatureException',
    )
  }
}

function checkTime({ request: { headers } }: Exchange, scope: string, now: number): void {
  const [day, , service, end] = scope.split('/')
  const date = headers['x-amz-date'] ?? ''
  const at = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (service !== 'bedrock' || end !== 'aws4_request' || day !== date.slice(0, 8)) {
    forbid('Credential should be scoped to correct service: bedrock.', 'InvalidSignatureException')
  }
  if (!(Math.abs(now - at) <= SKEW_MS)) forbid(`Signature expired: ${date}`, 'InvalidSignatureException')
}

function canonical({ request, raw }: Exchange, names: readonly string[]): string {
  for (const name of [
    'host',
    'x-amz-date',
    ...('x-amz-security-token' in request.headers ? ['x-amz-security-token'] : []),
  ]) {
    if (!names.includes(name)) forbid(`'${name}' must be a SignedHeader.`, 'InvalidSignatureException')
  }
  const query = [...request.query].map((pair) => pair.map(encodeURIComponent).join('=')).sort()
  return [
    request.method,
    request.path.split('/').map(encodeURIComponent).join('/'),
    query.join('&'),
    ...names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}`),
    '',
    names.join(';'),
    sha256(raw),
  ].join('\n')
}
