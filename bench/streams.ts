// CPU for each event of a stream, in the two ways streams come: event by event, and many at once.
import { type Bench, cpuOf, expect } from './bench.ts'
import { Rounds } from './rounds.ts'
import type { Name } from './runtime.ts'
import { type Row, target } from './table.ts'
import { FRAME, type Service } from './wire.ts'

const LANES = 4
const BODY = { stream: true, messages: [{ role: 'user', content: 'Tell me of foxes and dogs.' }] }

interface Variant {
  readonly to: Name
  readonly service: Service
  readonly label: string
  /** It says OpenAI's chunks for Anthropic's events. */
  readonly translates?: boolean
}

const VARIANTS = {
  pass: { to: 'pass', service: 'anthropic', label: 'pass-through' },
  copy: { to: 'copy', service: 'anthropic', label: 'loop that only copies' },
  parse: { to: 'parse', service: 'anthropic', label: 'loop with parse and stringify', translates: true },
  pump: { to: 'pump', service: 'anthropic', label: 'the pump alone', translates: true },
  dragoman: { to: 'dragoman', service: 'anthropic', label: 'Dragoman, Anthropic', translates: true },
  'copy relay': { to: 'copy', service: 'openai', label: "copying loop, OpenAI's events" },
  relay: { to: 'dragoman', service: 'openai', label: 'Dragoman, OpenAI (relay)' },
} as const satisfies Record<string, Variant>

type Label = keyof typeof VARIANTS
const NAMES = Object.keys(VARIANTS) as Label[]

/** One event a write, about 1 ms apart. Many short rounds: what else the machine does comes and goes. */
export async function paced(bench: Bench): Promise<Row[]> {
  const deltas = bench.quick ? 300 : 500
  await bench.play({ deltas, size: 0, pace: 'paced' })
  const names = NAMES.filter((name) => name !== 'copy relay')
  const rounds = await Rounds.run(names, bench.quick ? 5 : 16, (name) => perEvent(bench, name, deltas, LANES, true))
  return [
    row('paced', rounds, 'pass'),
    row('paced', rounds, 'copy', 'pass'),
    row('paced', rounds, 'parse', 'copy'),
    row('paced', rounds, 'pump', 'copy', 1.15),
    row('paced', rounds, 'dragoman', 'copy', 1.15),
    row('paced', rounds, 'relay', 'copy'),
  ]
}

/** 25 events a write, as fast as they are taken. */
export async function burst(bench: Bench): Promise<Row[]> {
  const deltas = 2000
  await bench.play({ deltas, size: 0, pace: 25 })
  const said = new Map<string, number>()
  const rounds = await Rounds.run(NAMES, bench.quick ? 4 : 10, (name) =>
    perEvent(bench, name, deltas, bench.quick ? 20 : 40, false, said),
  )
  return [
    row('burst', rounds, 'pass'),
    row('burst', rounds, 'copy', 'pass'),
    row('burst', rounds, 'parse', 'copy'),
    row('burst', rounds, 'pump', 'parse', 1.2),
    row('burst', rounds, 'dragoman', 'parse', 1.2),
    row('burst', rounds, 'copy relay', 'pass'),
    row('burst', rounds, 'relay', 'copy relay'),
  ]
}

async function perEvent(
  bench: Bench,
  name: Label,
  deltas: number,
  requests: number,
  each: boolean,
  said?: Map<string, number>,
): Promise<number> {
  const { to, service, label, ...rest } = VARIANTS[name]
  const ask = bench.ask(to, service, BODY)
  const { cpu, result } = await cpuOf(bench, () => bench.client.call('load', { ...ask, requests, lanes: LANES }))
  const translates = 'translates' in rest
  // Translated: the role, a comment for the ping, the finish and the mark of the end, of which the last two are one
  // write.
  const events = requests * (deltas + (translates ? 4 : FRAME[service]))
  const chunks = requests * (deltas + (translates ? 3 : FRAME[service]))
  expect(label, result, { events, ...(each && { chunks }) })
  if (translates && said) {
    // Whoever says something else does other work.
    const bytes = said.get('bytes') ?? result.bytes
    said.set('bytes', bytes)
    expect(label, result, { bytes })
  }
  return cpu / (requests * deltas)
}

function row(kind: string, rounds: Rounds<Label>, name: Label, base?: Label, most?: number): Row {
  const ratio = base && rounds.ratio(name, base)
  return {
    measure: `${kind}: ${VARIANTS[name].label}`,
    value: `${rounds.of(name).toFixed(rounds.of(name) < 10 ? 2 : 1)} µs/event`,
    beside: base && ratio !== undefined ? `${ratio.toFixed(2)} × ${base}` : '',
    ...(ratio !== undefined && most !== undefined && target(ratio, most, `× ${base}`)),
  }
}
