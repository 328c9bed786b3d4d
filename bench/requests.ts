// What a request costs that is not streamed, and how much later a stream begins.
import { type Ask, type Bench, cpuOf } from './bench.ts'
import { median, Rounds } from './rounds.ts'
import { type Row, target } from './table.ts'

const WORDS = 'It is a long established fact that a reader will be distracted by the readable content of a page. '

/** About 1 KB: a system prompt and a question. */
export const SMALL = {
  max_completion_tokens: 512,
  temperature: 0.7,
  messages: [
    { role: 'system', content: WORDS.repeat(4) },
    { role: 'user', content: WORDS.repeat(5) },
  ],
}

/** About 30 KB: 60 messages of a conversation with tool calls, and 20 tools. */
const LARGE = {
  max_completion_tokens: 512,
  messages: [
    { role: 'system', content: WORDS.repeat(5) },
    ...Array.from({ length: 14 }, (_, i) => [
      { role: 'user', content: WORDS.repeat(4) },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: `call_${i}`,
            type: 'function',
            function: { name: `tool_${i}`, arguments: '{"place":"Utrecht","days":3}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: `call_${i}`, content: WORDS.repeat(3) },
      { role: 'assistant', content: WORDS.repeat(3) },
    ]).flat(),
    ...Array.from({ length: 3 }, () => ({ role: 'user', content: WORDS })),
  ],
  tools: Array.from({ length: 20 }, (_, i) => ({
    type: 'function',
    function: {
      name: `tool_${i}`,
      description: WORDS,
      parameters: {
        type: 'object',
        properties: {
          place: { type: 'string', description: 'Where.' },
          days: { type: 'integer', minimum: 1, maximum: 14 },
          unit: { type: 'string', enum: ['metric', 'imperial'] },
        },
        required: ['place'],
        additionalProperties: false,
      },
    },
  })),
}

/** CPU of a request beside that of a Worker that only forwards it. */
export async function requests(bench: Bench): Promise<Row[]> {
  const count = bench.quick ? 200 : 300
  const asks = {
    forward: bench.ask('pass', 'anthropic', SMALL),
    dragoman: bench.ask('dragoman', 'anthropic', SMALL),
    'dragoman, no log': bench.ask('quiet', 'anthropic', SMALL),
    'relay, no log': bench.ask('quiet', 'openai', SMALL),
    'forward, 30 KB': bench.ask('pass', 'anthropic', LARGE),
    'dragoman, no log, 30 KB': bench.ask('quiet', 'anthropic', LARGE),
    'relay, no log, 30 KB': bench.ask('quiet', 'openai', LARGE),
  }
  type Label = keyof typeof asks
  const names = Object.keys(asks) as Label[]
  const rounds = await Rounds.run(names, bench.quick ? 4 : 10, async (name) => {
    const load = { ...asks[name], requests: count, lanes: 4 }
    const { cpu, result } = await cpuOf(bench, () => bench.client.call('load', load))
    if (result.bytes < 400 * count) throw new Error(`${name}: ${result.bytes} bytes in ${count} answers.`)
    return cpu / count / 1000
  })
  const row = (name: Label, base?: Label, most?: number): Row => {
    const above = base && rounds.above(name, base)
    return {
      measure: `not streamed: ${name}`,
      value: `${rounds.of(name).toFixed(3)} ms/request`,
      beside: above === undefined ? '' : `+ ${above.toFixed(3)} ms above ${base}`,
      ...(above !== undefined && most !== undefined && target(above, most, 'ms above')),
    }
  }
  return [
    row('forward'),
    row('dragoman', 'forward', 0.15),
    row('dragoman, no log', 'forward', 0.15),
    row('relay, no log', 'forward', 0.15),
    row('forward, 30 KB'),
    row('dragoman, no log, 30 KB', 'forward, 30 KB'),
    row('relay, no log, 30 KB', 'forward, 30 KB'),
  ]
}

/** How long the first byte of a stream takes, of an upstream that answers at once. */
export async function firstByte(bench: Bench): Promise<Row[]> {
  await bench.play({ deltas: 20, size: 0, pace: 1 })
  const body = { ...SMALL, stream: true }
  const asks: Record<Way, Ask> = {
    direct: bench.ask('direct', 'anthropic', body),
    pass: bench.ask('pass', 'anthropic', body),
    dragoman: bench.ask('dragoman', 'anthropic', body),
  }
  const rounds = await Rounds.run(WAYS, bench.quick ? 5 : 15, async (way) =>
    median(await bench.client.call('firstByte', { ...asks[way], requests: 20 })),
  )
  const row = (way: Way, base?: Way): Row => ({
    measure: `first byte: ${way}`,
    value: `${rounds.of(way).toFixed(2)} ms (p50)`,
    beside: base ? `+ ${rounds.above(way, base).toFixed(2)} ms after ${base}` : '',
  })
  return [row('direct'), row('pass', 'direct'), row('dragoman', 'pass')]
}

const WAYS = ['direct', 'pass', 'dragoman'] as const
type Way = (typeof WAYS)[number]

const HUGE = 8 * 1024 * 1024

/** One event of 8 MB, as a tool's arguments or an image can be. */
export async function hugeEvent(bench: Bench): Promise<Row[]> {
  await bench.play({ deltas: 1, size: HUGE, pace: 1 })
  const body = { ...SMALL, stream: true }
  const asks = {
    'pass-through': bench.ask('pass', 'anthropic', body),
    dragoman: bench.ask('dragoman', 'anthropic', body),
    relay: bench.ask('dragoman', 'openai', body),
  }
  type Label = keyof typeof asks
  const names = Object.keys(asks) as Label[]
  const cpus = new Map(names.map((name) => [name, Number.POSITIVE_INFINITY]))
  const rounds = await Rounds.run(names, bench.quick ? 7 : 15, async (name) => {
    const load = { ...asks[name], requests: 1, lanes: 1 }
    const { cpu, result } = await cpuOf(bench, () => bench.client.call('load', load))
    if (result.bytes < HUGE) throw new Error(`${name}: ${result.bytes} bytes of an event of 8 MB.`)
    cpus.set(name, Math.min(cpus.get(name) ?? 0, cpu / 1000))
    return result.ms
  })
  // The least of all rounds: time that others take is not in it, and there are few rounds to take a median of.
  return names.map((name) => {
    const more = rounds.least(name) - rounds.least('pass-through')
    return {
      measure: `one event of 8 MB: ${name}`,
      value: `${rounds.least(name).toFixed(0)} ms, ${cpus.get(name)?.toFixed(0)} ms CPU`,
      beside: name === 'pass-through' ? '' : `+ ${more.toFixed(0)} ms`,
      ...(name !== 'pass-through' && target(more, 100, 'ms more')),
    }
  })
}
