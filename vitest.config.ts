import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { TEST_SECRETS } from './test/secrets.ts'

/**
 * Three layers, fastest first: `unit` is the pure core in Node; `worker` runs inside workerd with real KV and Durable
 * Objects; `e2e` is the production bundle behind real sockets, driven by the official clients.
 */
export default defineConfig({
  test: {
    // Much of `e2e` is waiting, which two cores can do for four files at once.
    maxWorkers: 4,
    // No test is timed: a slow machine only takes longer.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/e2e/**', 'test/browser/**'],
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { ...TEST_SECRETS },
              // As [env.production] has it.
              ratelimits: { AUTH_RL: { namespace_id: '1001', simple: { limit: 60, period: 60 } } },
            },
          }),
        ],
        test: { name: 'worker', include: ['test/worker/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
    ],
  },
})
