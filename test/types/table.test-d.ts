// The table of a provider holds by its types alone: each of these mistakes must not compile.
import type { ChatFields } from '../../src/hub/request.ts'
import { clamped, type Extensions, type Fields, type Keys, rows } from '../../src/hub/support.ts'

interface Body {
  model: string
  max_tokens: number
  temp?: number
  stops?: string[]
  level?: 'low' | 'high'
  step?: 0 | 1
  tools?: { name: string }[]
  metadata?: { user_id: string }
  open?: unknown
}
interface Plan {
  readonly limit: number
}

const { full, rename, map, clamp, drop, emulate, reject, inert, here } = rows<Body, Plan>()
const note = clamped('Because.')

/** Every field, each with a row that is right. */
declare const rest: Fields<Body, Plan>
type Table = Fields<Body, Plan>
declare function table(rows: Table): void
declare function extensions(rows: Extensions<Body, Plan>): void

// Right as they are.
table(rest)
table({ ...rest, temperature: clamp('temp', 0, 1, 'Because.') })
table({ ...rest, stop: map('stops', (stop) => ({ stops: [stop].flat() })) })
table({ ...rest, stop: map('stops', () => undefined) })
table({ ...rest, user: map(['metadata', 'temp'], (id: string) => ({ metadata: { user_id: id } })) })
table({ ...rest, seed: drop('Because.'), n: emulate('Because.') })
table({ ...rest, audio: reject('Because.'), store: inert('Because.') })
table({ ...rest, stream: here(), model: full('model'), max_tokens: rename('max_tokens') })
table({
  ...rest,
  reasoning_effort: map(
    'level',
    (effort: string, plan, lose) => {
      if (effort === 'none') return lose(note)
      return plan.limit > 1 ? { level: 'high' } : {}
    },
    [note],
  ),
})
table({
  ...rest,
  tools: map(['tools', 'temp'], (_tools, { limit }) => ({
    ...(limit > 0 && { tools: [] }),
    ...(limit > 1 && { temp: 1 }),
  })),
})

// A forgotten field.
const { seed, ...withoutSeed } = rest
// @ts-expect-error: `seed` has no row.
table(withoutSeed)
// @ts-expect-error: nor has it one that may be undefined.
table({ ...rest, seed: undefined })

export { seed }

// A field that OpenAI lacks.
// @ts-expect-error: `sead` is no field.
table({ ...rest, sead: drop('Because.') })
// @ts-expect-error: nor is it in a table with that type.
export const annotated: Table = { ...rest, max_token: rename('max_tokens') }

// A misspelt upstream name.
// @ts-expect-error
rename('max_token')
// @ts-expect-error
full('modle')
// @ts-expect-error
clamp('tmp', 0, 1, 'Because.')
// @ts-expect-error
map('stop', () => undefined)
// @ts-expect-error
map(['stops', 'metdata'], () => undefined)
// @ts-expect-error
emulate('Because.', ['stop'])
// @ts-expect-error: what is written is misspelt, though its target is not.
map('stops', () => ({ stop: [] }))
// @ts-expect-error: nor beside one that is right.
map('stops', () => ({ stops: [], stop: [] }))
// @ts-expect-error: nor in one of two branches.
map('stops', (_stop, plan) => (plan.limit > 1 ? { stops: [] } : { stops: [], tmep: 1 }))
// @ts-expect-error: nor one that is spread in on a condition.
map('stops', (_stop, plan) => ({ stops: [], ...(plan.limit > 1 && { tmep: 1 }) }))
// @ts-expect-error: nor one that the row does not name.
map('stops', () => ({ stops: [], temp: 1 }))
// @ts-expect-error: nor what an emulation sends.
emulate('Because.', ['stops'], () => ({ stops: [], temp: 1 }))

// A wrongly typed target.
// @ts-expect-error: a number is no string.
table({ ...rest, max_tokens: rename('model') })
// @ts-expect-error: one string or many are not many.
table({ ...rest, stop: rename('stops') })
// @ts-expect-error: any string is not one of two.
table({ ...rest, verbosity: rename('level') })
// @ts-expect-error: nor is what a row writes of another type.
map('temp', () => ({ temp: '1' }))
// @ts-expect-error
map('level', () => ({ level: 'medium' }))
// @ts-expect-error: the value that a row takes is the field's.
table({ ...rest, stop: map('stops', (stop: number) => ({ stops: [String(stop)] })) })
// @ts-expect-error: one kind of value is not all of them.
table({ ...rest, stop: map('stops', (stop: string) => ({ stops: [stop] })) })
// @ts-expect-error: an emulation takes the field's value, too.
table({ ...rest, n: emulate('Because.', ['temp'], (n: string) => ({ temp: n.length })) })

// A clamp on what is no number.
// @ts-expect-error: the target holds a string.
clamp('model', 0, 1, 'Because.')
// @ts-expect-error: the target holds only some numbers.
clamp('step', 0, 1, 'Because.')
// @ts-expect-error: the field holds a string.
table({ ...rest, user: clamp('temp', 0, 1, 'Because.') })
// @ts-expect-error: the field holds a string or several.
table({ ...rest, stop: clamp('temp', 0, 1, 'Because.') })

// Reasons are not left out.
// @ts-expect-error
drop()
// @ts-expect-error
clamp('temp', 0, 1)

// Rows of other fields are held to the same body.
extensions({ open: full('open') })
// @ts-expect-error
extensions({ open: full('opne') })
// @ts-expect-error: nobody has checked that it is a number.
extensions({ open: full('temp') })

// A table of keys is total as well.
declare function keys(table: Keys<NonNullable<ChatFields['reasoning']>>): void
keys({ effort: 'used', max_tokens: 'used', exclude: note, enabled: 'inert' })
// @ts-expect-error: `enabled` is forgotten.
keys({ effort: 'used', max_tokens: 'used', exclude: 'used' })
// @ts-expect-error: `efort` is no key.
keys({ effort: 'used', max_tokens: 'used', exclude: 'used', enabled: 'used', efort: 'used' })
// @ts-expect-error: there is no such use.
keys({ effort: 'use', max_tokens: 'used', exclude: 'used', enabled: 'used' })
