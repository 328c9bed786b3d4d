// wrangler.toml: environments inherit no bindings, so that each has to name what the default one has.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { unstable_readConfig as read } from 'wrangler'
import { ROOT } from '../../scripts/build.ts'

const config = join(ROOT, 'wrangler.toml')
const byDefault = read({ config })

it.each(['production', 'staging'])('%s has what the default environment has', (env) => {
  const own = read({ config, env })
  expect(own.name).toBe(`${byDefault.name}-${env}`)
  const shared = [
    'kv_namespaces',
    'durable_objects',
    'vars',
    'exports',
    'compatibility_date',
    'compatibility_flags',
  ] as const
  for (const name of [...shared, 'assets', 'observability'] as const) expect(own[name], name).toEqual(byDefault[name])
  expect(own.ratelimits.map(({ name }: { name: string }) => name)).toEqual(['AUTH_RL'])
})

it('needs nothing by default that an empty account does not have', () => {
  expect(byDefault.ratelimits).toEqual([])
  expect([byDefault.routes, byDefault.ai, byDefault.limits]).toEqual([undefined, undefined, undefined])
  expect(byDefault.analytics_engine_datasets).toEqual([])
})
