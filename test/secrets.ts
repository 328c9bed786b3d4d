/** Secrets of the tests alone: fixed, so that runs are alike, and given to every worker they start. */
export const TEST_SECRETS = {
  ADMIN_TOKEN: 'test-admin-token',
  SEAL_KEYS: JSON.stringify({ 1: btoa('0123456789abcdef0123456789abcdef') }),
  ALLOW_HTTP_UPSTREAMS: 'loopback',
}
