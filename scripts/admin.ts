// The admin API of a gateway, from outside: one request, one answer.

export interface Gateway {
  /** Without a slash at the end. */
  readonly url: string
  readonly adminToken: string
}

/**
 * Asks for `/admin/keys` and what is below it.
 * @param path what comes after `/admin/keys`; empty for the keys themselves
 * @param body sent as JSON, if there is any
 * @throws TypeError where there is no connection
 */
export async function admin(gateway: Gateway, method: string, path: string, body?: unknown): Promise<Response> {
  return await fetch(`${gateway.url}/admin/keys${path}`, {
    method,
    // A redirect would take the token, and the answer, to who knows where.
    redirect: 'manual',
    headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
