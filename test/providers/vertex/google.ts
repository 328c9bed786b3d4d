// Google's token service, as far as a test needs it: it counts what it is asked, and says what it is told.
import { vi } from 'vitest'

/** One request for a token. */
export interface Asked {
  readonly url: string
  readonly form: URLSearchParams
  readonly init: RequestInit
}

export interface TokenService {
  readonly asked: Asked[]
  /** What it answers; a number is a status, with Google's words for it. */
  answer: () => Response | Promise<Response>
}

/** Takes the place of `fetch`, until the mocks are restored. */
export function tokenService(): TokenService {
  const asked: Asked[] = []
  const service: TokenService = { asked, answer: () => token(`ya29.${asked.length}`) }
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    asked.push({ url: String(input), form: new URLSearchParams(String(init.body)), init: init as RequestInit })
    return service.answer()
  })
  return service
}

export function token(access_token: unknown, more: Readonly<Record<string, unknown>> = {}): Response {
  return Response.json({ access_token, expires_in: 3599, token_type: 'Bearer', ...more })
}

export function refusal(status = 400): Response {
  return Response.json({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, { status })
}
