// The rows of a table, one constructor after the other, and what writing with them tells.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { ChatFields } from '../../src/hub/request.ts'
import {
  audit,
  clamped,
  dropped,
  type Extensions,
  emulated,
  type Fields,
  type Lose,
  rejected,
  rows,
  teller,
  write,
} from '../../src/hub/support.ts'
import { fields as same } from '../../src/providers/openai/fields.ts'

interface Body {
  model?: string
  temp?: number
  stops?: string[]
  note?: string
  extra?: unknown
}
interface Plan {
  readonly limit: number
}
const { full, rename, map, clamp, here, inert, drop, emulate, reject } = rows<Body, Plan>()

const SHORT = clamped('At most two.')
const NONE = rejected('No empty ones.', 'empty_array')
const ignore = drop('It is not looked at here.')
const fields: Fields<Body, Plan> = {
  ...Object.fromEntries(Object.keys(same).map((name) => [name, ignore])),
  // Known by name to the tests below.
  model: full('model'),
  user: rename('note'),
  temperature: clamp('temp', 0, 1, 'From 0 to 1.'),
  stop: map(
    'stops',
    (stop: string | string[], { limit }, lose) => {
      const stops = [stop].flat()
      if (stops.length === 0) return lose(NONE)
      if (stops.length > limit) lose(SHORT, { path: `stop[${limit}]`, sent: stops.slice(0, limit) })
      return { stops: stops.slice(0, limit) }
    },
    [SHORT, NONE],
  ),
  stream: here(),
  prompt_cache_key: inert('A hint.'),
  seed: drop('No seed.'),
  n: emulate('Several calls.'),
  verbosity: emulate('Told in words.', ['note'], (verbosity: string) => ({ note: verbosity })),
  audio: reject('No audio.'),
} as Fields<Body, Plan>
const extensions: Extensions<Body, Plan> = { extra: full('extra') }

function run(given: Partial<ChatFields>, extras: Record<string, unknown> = {}, strict = false) {
  const ledger = new Ledger(strict)
  const body = write({ fields, extensions }, { fields: given as ChatFields, extras }, { limit: 2 }, ledger)
  return { body, losses: ledger.losses }
}
function refusal(given: Partial<ChatFields>, strict = false) {
  try {
    run(given, {}, strict)
  } catch (thrown) {
    return (thrown as GatewayError).body
  }
  return expect.unreachable()
}

describe('a row', () => {
  it.each([
    ['full', { model: 'm' }, { model: 'm' }, []],
    ['rename', { user: 'me' }, { note: 'me' }, []],
    ['map', { stop: 'a' }, { stops: ['a'] }, []],
    [
      'map that cuts',
      { stop: ['a', 'b', 'c'] },
      { stops: ['a', 'b'] },
      [{ path: 'stop[2]', kind: 'clamped', reason: 'At most two.', sent: ['a', 'b'] }],
    ],
    ['clamp within bounds', { temperature: 0.5 }, { temp: 0.5 }, []],
    ['clamp at its bound', { temperature: 0 }, { temp: 0 }, []],
    [
      'clamp above',
      { temperature: 2 },
      { temp: 1 },
      [{ path: 'temperature', kind: 'clamped', reason: 'From 0 to 1.', sent: 1 }],
    ],
    [
      'clamp below',
      { temperature: -1 },
      { temp: 0 },
      [{ path: 'temperature', kind: 'clamped', reason: 'From 0 to 1.', sent: 0 }],
    ],
    ['here', { stream: true }, {}, []],
    ['inert', { prompt_cache_key: 'k' }, {}, []],
    ['drop', { seed: 1 }, {}, [{ path: 'seed', kind: 'dropped', reason: 'No seed.' }]],
    ['emulate', { n: 2 }, {}, [{ path: 'n', kind: 'emulated', reason: 'Several calls.' }]],
    [
      'emulate that sends',
      { verbosity: 'low' },
      { note: 'low' },
      [{ path: 'verbosity', kind: 'emulated', reason: 'Told in words.' }],
    ],
  ] satisfies [string, Partial<ChatFields>, Body, unknown[]][])('%s', (_name, given, body, losses) => {
    expect(run(given)).toEqual({ body, losses })
  })

  it('that rejects is a 400 at the field', () => {
    expect(refusal({ audio: {} })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'audio',
      message: 'No audio.',
    })
    expect(refusal({ stop: [] })).toMatchObject({ code: 'empty_array', param: 'stop' })
  })

  it('says what it is and where it writes', () => {
    expect(fields.model).toMatchObject({ kind: 'full', may: [], to: ['model'] })
    expect(fields.user).toMatchObject({ kind: 'renamed', to: ['note'] })
    expect(fields.stop).toMatchObject({ kind: 'renamed', may: [SHORT, NONE], to: ['stops'] })
    expect(map(['note', 'temp'], () => undefined).to).toEqual(['note', 'temp'])
    expect(fields.temperature).toMatchObject({ kind: 'full', may: [clamped('From 0 to 1.')] })
    expect(fields.seed).toMatchObject({ kind: 'dropped', reason: 'No seed.', may: [dropped('No seed.')] })
    expect(fields.verbosity).toMatchObject({ kind: 'emulated', may: [emulated('Told in words.')], to: ['note'] })
    expect(fields.audio).toMatchObject({ kind: 'rejected', may: [{ kind: 'rejected', code: 'unsupported_parameter' }] })
    expect(fields.prompt_cache_key).toMatchObject({ kind: 'inert', may: [], reason: 'A hint.' })
  })
})

describe('write', () => {
  it('takes other fields where a row is theirs, and tells of those that have none', () => {
    expect(run({}, { extra: { a: 1 }, other: 0, toString: 1, nothing: null, absent: undefined })).toEqual({
      body: { extra: { a: 1 } },
      losses: ['other', 'toString'].map((path) => ({ path, kind: 'dropped', reason: 'No such field upstream.' })),
    })
  })

  it.each([
    [{ seed: 1 }, 'unsupported_parameter', 'seed'],
    [{ n: 2 }, 'unsupported_parameter', 'n'],
    [{ temperature: 2 }, 'unsupported_value', 'temperature'],
    [{ stop: ['a', 'b', 'c'] }, 'unsupported_value', 'stop[2]'],
    [{ audio: {} }, 'unsupported_parameter', 'audio'],
  ] satisfies [Partial<ChatFields>, string, string][])('refuses %j in strict mode', (given, code, param) => {
    expect(refusal(given, true)).toMatchObject({ code, param })
    expect(run({ model: 'm', temperature: 1, prompt_cache_key: 'x' }, {}, true).losses).toEqual([])
  })

  it('refuses an unknown field in strict mode', () => {
    expect(() => run({}, { other: 1 }, true)).toThrow(GatewayError)
    expect(() => run({}, { other: null }, true)).not.toThrow()
  })
})

describe('teller', () => {
  it('tells of the field, or of a part of it', () => {
    const ledger = new Ledger(false)
    const lose = teller(ledger, 'stop')
    expect(lose(SHORT, { sent: null })).toBeUndefined()
    lose(dropped('D.'), { path: 'stop[1]' })
    expect(ledger.losses).toEqual([
      { path: 'stop', kind: 'clamped', reason: 'At most two.', sent: null },
      { path: 'stop[1]', kind: 'dropped', reason: 'D.' },
    ])
  })

  it('throws what is rejected, with a code of its own or the usual one', () => {
    const lose = teller(new Ledger(false), 'a')
    expect(() => lose(rejected('R.', 'invalid_image_url'), { path: 'a[0]' })).toThrow(
      expect.objectContaining({ code: 'invalid_image_url', details: { param: 'a[0]' } }),
    )
    expect(() => lose(rejected('R.'))).toThrow(expect.objectContaining({ code: 'unsupported_value' }))
    expect(() => lose({ kind: 'rejected', reason: 'R.' })).toThrow(
      expect.objectContaining({ code: 'unsupported_value' }),
    )
  })
})

describe('audit', () => {
  const told = (object: object) => {
    const paths: string[] = []
    const lose: Lose = ({ reason }, at) => {
      paths.push(`${at?.path}: ${reason}`)
      return undefined
    }
    audit(object, { a: 'used', b: 'inert', c: dropped('No c.') }, 'x', lose)
    return paths
  }

  it('tells of keys that are dropped or that nobody knows', () => {
    expect(told({ a: 1, b: 1, c: 1, d: 1, constructor: 1 })).toEqual([
      'x.c: No c.',
      'x.d: No such field upstream.',
      'x.constructor: No such field upstream.',
    ])
  })

  it('says nothing of what says nothing', () => {
    expect(told({ a: 1, c: null, d: undefined, e: [] })).toEqual([])
    expect(told({ c: false, d: '' })).toHaveLength(2)
  })
})
