// A gateway of which is checked that it says nothing it must not: neither to a provider nor in its log.
import { expect } from 'vitest'
import { TEST_SECRETS } from '../secrets.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { sayJson, startUpstream, type Upstream } from './upstream.ts'

/** Stands in everything a client writes; a log that holds it has told on somebody. */
export const CANARY = 'canary-7f3a9'
export const CREDENTIAL = 'sk-ant-api03-credential-canary'

export interface Quiet {
  readonly gateway: Gateway
  readonly upstream: Upstream
  makeKey(more?: Record<string, unknown>): Promise<string>
  /** An error's status and body in one line: `400 invalid_request_error invalid_type messages`; `-` is a null code. */
  verdict(response: Response): Promise<string>
  /** Nothing went upstream since the last check, and nothing secret was ever logged. */
  check(): Promise<void>
  close(): Promise<unknown>
}

export async function startQuiet(vars: Record<string, string> = {}): Promise<Quiet> {
  const [gateway, upstream] = await Promise.all([
    startGateway(vars),
    startUpstream((response) => sayJson(response, 500, {})),
  ])
  /** What stands behind the public part of each key. */
  const secrets = [CANARY, CREDENTIAL, TEST_SECRETS.ADMIN_TOKEN, TEST_SECRETS.SEAL_KEYS]
  return {
    gateway,
    upstream,
    async makeKey(more = {}) {
      const providers = {
        anthropic: { base_url: upstream.url, credential: CREDENTIAL },
        openai: { base_url: `${upstream.url}/v1`, credential: CREDENTIAL },
      }
      const key = await gateway.createKey({ providers, default_provider: 'anthropic', ...more })
      secrets.push(key.slice(22))
      return key
    },
    async verdict(response) {
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(response.headers.get('x-request-id')).toMatch(/^req_\w{16,}$/)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      const body: { error: Record<string, unknown> } = JSON.parse(await response.text())
      expect(Object.keys(body)).toEqual(['error'])
      expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type'])
      const { message, type, code, param } = body.error
      expect(String(message).length).toBeGreaterThan(5)
      for (const secret of secrets) if (secret !== CANARY) expect(message).not.toContain(secret)
      return `${response.status} ${type} ${code ?? '-'} ${param ?? ''}`.trim()
    },
    async check() {
      // A line of the log may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(upstream.requests.splice(0)).toEqual([])
      const log = gateway.logs.join('\n')
      for (const secret of secrets) expect(log).not.toContain(secret)
    },
    close: () => Promise.all([gateway.close(), upstream.close()]),
  }
}
