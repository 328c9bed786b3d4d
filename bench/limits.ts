// What a key's limits cost: CPU for each request, calls to Durable Objects, and how fast an isolate decides by itself.
import { type Bench, cpuOf } from './bench.ts'
import { SMALL } from './requests.ts'
import { Rounds } from './rounds.ts'
import { type Row, target } from './table.ts'

/** All that a key can have, far from being reached. */
const AMPLE = {
  requests_per_minute: 10_000_000,
  requests_per_day: 1_000_000_000,
  tokens_per_minute: 100_000_000_000,
  tokens_per_day: 10_000_000_000_000,
  concurrent_requests: 10_000,
}

const LANES = 8

/** CPU of a request under all limits beside that of one under none. */
export async function limited(bench: Bench): Promise<Row[]> {
  const count = bench.quick ? 200 : 300
  const asks = {
    'no limits': bench.ask('quiet', 'anthropic', SMALL),
    'all five limits': bench.ask('quiet', 'anthropic', SMALL, await bench.makeKey(AMPLE)),
  }
  const rounds = await Rounds.run(['no limits', 'all five limits'], bench.quick ? 4 : 14, async (name) => {
    const load = { ...asks[name], requests: count, lanes: LANES }
    const { cpu } = await cpuOf(bench, () => bench.client.call('load', load))
    return cpu / count / 1000
  })
  const ratio = rounds.ratio('all five limits', 'no limits')
  const more = rounds.above('all five limits', 'no limits') * 1000
  return [
    { measure: 'limits: none', value: `${rounds.of('no limits').toFixed(3)} ms/request`, beside: '' },
    {
      measure: 'limits: all five, ample',
      value: `${rounds.of('all five limits').toFixed(3)} ms/request`,
      beside: `${ratio.toFixed(2)} × none, ${more < 0 ? '-' : '+'} ${Math.abs(more).toFixed(0)} µs`,
      ...target(ratio, 1.1, '× none'),
    },
  ]
}

/** Calls to Durable Objects for 1,000 requests of a key that nobody has used yet. */
export async function limiterCalls(bench: Bench): Promise<Row[]> {
  const requests = 1000
  const told = async (limits: Readonly<Record<string, number>>) => {
    const ask = bench.ask('counted', 'anthropic', SMALL, await bench.makeKey(limits))
    const calls = async (): Promise<Record<string, number>> => {
      const answer = await fetch(`${bench.runtime.urls.counted}/calls`)
      return JSON.parse(await answer.text())
    }
    await calls()
    const { ms } = await bench.client.call('load', { ...ask, requests, lanes: LANES })
    const byMethod = Object.entries(await calls()).sort(([, a], [, b]) => b - a)
    const sum = byMethod.reduce((all, [, count]) => all + count, 0)
    const beside = byMethod.map(([name, count]) => `${count} ${name}`).join(', ')
    return { sum, beside: `${beside}; ${Math.round((requests / ms) * 1000)} requests/s` }
  }
  const row = (kind: string, { sum, beside }: { sum: number; beside: string }): Row => ({
    measure: `Durable Object calls: ${kind}`,
    value: `${sum} of 1,000 requests`,
    beside,
  })
  const none = await told({})
  const ample = await told(AMPLE)
  // Exactly as many as there are: near the end of a window leases are as small as what is asked for.
  const tight = await told({ ...AMPLE, requests_per_minute: requests })
  return [
    row('no limits', none),
    { ...row('all five limits, ample', ample), ...target(ample.sum, 20, 'of 1,000') },
    row('all five limits, used up', tight),
  ]
}

/** Decisions of one isolate off its leases, one after the other. */
export async function decisions(bench: Bench): Promise<Row[]> {
  const count = bench.quick ? 20_000 : 100_000
  const rounds = await Rounds.run(['decide'], bench.quick ? 3 : 7, async () => {
    const { cpu } = await cpuOf(bench, async () => {
      const body = JSON.stringify(AMPLE)
      const answer = await fetch(`${bench.runtime.urls.decide}/?count=${count}`, { method: 'POST', body })
      if (answer.status !== 200) throw new Error(`decide: ${answer.status} ${await answer.text()}`)
      await answer.text()
    })
    return cpu / count
  })
  const each = rounds.of('decide')
  return [
    {
      measure: 'decisions of one isolate',
      value: `${Math.round(1e6 / each).toLocaleString('en')} a CPU second`,
      beside: `${each.toFixed(2)} µs each`,
    },
  ]
}
