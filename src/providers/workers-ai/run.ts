// Models that are asked by a method of their own: https://developers.cloudflare.com/workers-ai/get-started/rest-api/
import { GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import { isBound } from './native.ts'

/** Where a model is run; its name is a path. */
export function runPath(model: string, { accountId = '', baseUrl }: Account): string {
  const base = baseUrl?.replace(/\/v1$/, '') ?? `https://api.cloudflare.com/client/v4/accounts/${accountId}/ai`
  return `${base}/run/${model.split('/').map(encodeURIComponent).join('/').replaceAll('%40', '@')}`
}

export function inputOf(inputs: object, model: string, account: Account): string {
  return JSON.stringify(isBound(account) ? { model, ...inputs } : inputs)
}

/** What a model has answered, out of its envelope. @throws GatewayError 502 for no JSON, or a failure. */
export function resultIn(bytes: Uint8Array): unknown {
  const body = jsonIn(new TextDecoder().decode(bytes))
  if (body === undefined) throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.')
  const message = at(at(at(body, 'errors'), '0'), 'message')
  if (at(body, 'success') === false) {
    throw new GatewayError('upstream_error', typeof message === 'string' ? scrub(message) : 'The provider failed.')
  }
  return at(body, 'result') ?? body
}

export function isJson(head: Headers): boolean {
  return /\bjson\b/i.test(head.get('content-type') ?? '')
}
