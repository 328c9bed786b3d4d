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

const VARIANTS: Readonly<Record<Label, Variant>> = {
  pass: { to: 'pass', service: 'anthropic', label: 'pass-through' },
  copy: { to: 'copy', service: 'anthropic', label: 'loop that only copies' },
  parse: { to: 'parse', service: 'anthropic', label: 'loop with parse and stringify', translates: true },
  pump: { to: 'pump', service: 'anthropic', label: 'the pump alone', translates: true },
  dragoman: { to: 'dragoman', service: 'anthropic', label: 'Dragoman, Anthropic', translates: true },
  'copy relay': { to: 'copy', service: 'openai', label: "copying loop, OpenAI's events" },
  relay: { to: 'dragoman', service: 'openai', label: 'Dragoman, OpenAI (relay)' },
}

type Label = 'pass' | 'copy' | 'parse' | 'pump' | 'dragoman' | 'copy relay' | 'relay'
const NAMES = Object.keys(VARIANTS) as Label[]

/** One event a write, about 1 ms apart. Many short rounds: what else the machine does comes and goes. */
export async function paced(bench: Bench): Promise<Row[]> {
  const load: Load = { deltas: bench.quick ? 300 : 500, requests: LANES, chunked: true }
  await bench.play({ deltas: load.deltas, size: 0, pace: 'paced' })
  const names = NAMES.filter((name) => name !== 'copy relay')
  const rounds = await Rounds.run(names, bench.quick ? 4 : 14, (name) => perEvent(bench, VARIANTS[name], load))
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
  const load: Load = { deltas: 2000, requests: bench.quick ? 20 : 40, said: { bytes: undefined } }
  await bench.play({ deltas: load.deltas, size: 0, pace: 25 })
  const rounds = await Rounds.run(NAMES, bench.quick ? 3 : 10, (name) => perEvent(bench, VARIANTS[name], load))
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

interface Load {
  readonly deltas: number
  readonly requests: number
  /** Each event is to come as a piece of its own. */
  readonly chunked?: boolean
  /** What those that translate have said: whoever says something else does other work. */
  readonly said?: { bytes: number | undefined }
}

async function perEvent(bench: Bench, { to, service, label, translates }: Variant, load: Load): Promise<number> {
  const { deltas, requests, chunked, said } = load
  const ask = bench.ask(to, service, BODY)
  const { cpu, result } = await cpuOf(bench, () => bench.client.call('load', { ...ask, requests, lanes: LANES }))
  // Translated: the role, a comment for the ping, the finish and the mark of the end, which are one write.
  const events = requests * (deltas + (translates ? 4 : FRAME[service]))
  const chunks = requests * (deltas + (translates ? 3 : FRAME[service]))
  if (translates && said) said.bytes ??= result.bytes
  expect(label, result, { events, bytes: translates ? said?.bytes : undefined })
  // Where events come together, whoever is measured has less to do. A few may, on a machine that does other things.
  if (chunked && result.chunks < 0.99 * chunks)
    throw new Error(`${label}: ${chunks} events in ${result.chunks} pieces.`)
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
