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

// Right as they are.
rest satisfies Table
;({ ...rest, temperature: clamp('temp', 0, 1, 'Because.') }) satisfies Table
;({ ...rest, stop: map('stops', (stop) => ({ stops: [stop].flat() })) }) satisfies Table
;({ ...rest, stop: map('stops', () => undefined) }) satisfies Table
;({ ...rest, user: map(['metadata', 'temp'], (id: string) => ({ metadata: { user_id: id } })) }) satisfies Table
;({ ...rest, seed: drop('Because.'), n: emulate('Because.'), audio: reject('Because.'), store: inert('Because.') }) satisfies Table
;({ ...rest, stream: here(), model: full('model'), max_tokens: rename('max_tokens') }) satisfies Table
;({
  ...rest,
  reasoning_effort: map('level', (effort: string, plan, lose) => {
    if (effort === 'none') return lose(note)
    return plan.limit > 1 ? { level: 'high' } : {}
  }, [note]),
}) satisfies Table
;({
  ...rest,
  tools: map(['tools', 'temp'], (_tools, { limit }) => ({ ...(limit > 0 && { tools: [] }), ...(limit > 1 && { temp: 1 }) })),
}) satisfies Table

// A forgotten field.
const { seed, ...withoutSeed } = rest
// @ts-expect-error: `seed` has no row.
withoutSeed satisfies Table
// @ts-expect-error: nor has it one that may be undefined.
;({ ...rest, seed: undefined }) satisfies Table
seed

// A field that OpenAI lacks.
// @ts-expect-error: `sead` is no field.
;({ ...rest, sead: drop('Because.') }) satisfies Table
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
;({ ...rest, max_tokens: rename('model') }) satisfies Table
// @ts-expect-error: one string or many are not many.
;({ ...rest, stop: rename('stops') }) satisfies Table
// @ts-expect-error: any string is not one of two.
;({ ...rest, verbosity: rename('level') }) satisfies Table
// @ts-expect-error: nor is what a row writes of another type.
map('temp', () => ({ temp: '1' }))
// @ts-expect-error
map('level', () => ({ level: 'medium' }))
// @ts-expect-error: the value that a row takes is the field's.
;({ ...rest, stop: map('stops', (stop: number) => ({ stops: [String(stop)] })) }) satisfies Table
// @ts-expect-error: one kind of value is not all of them.
;({ ...rest, stop: map('stops', (stop: string) => ({ stops: [stop] })) }) satisfies Table
// @ts-expect-error: an emulation takes the field's value, too.
;({ ...rest, n: emulate('Because.', ['temp'], (n: string) => ({ temp: n.length })) }) satisfies Table

// A clamp on what is no number.
// @ts-expect-error: the target holds a string.
clamp('model', 0, 1, 'Because.')
// @ts-expect-error: the target holds only some numbers.
clamp('step', 0, 1, 'Because.')
// @ts-expect-error: the field holds a string.
;({ ...rest, user: clamp('temp', 0, 1, 'Because.') }) satisfies Table
// @ts-expect-error: the field holds a string or several.
;({ ...rest, stop: clamp('temp', 0, 1, 'Because.') }) satisfies Table

// Reasons are not left out.
// @ts-expect-error
drop()
// @ts-expect-error
clamp('temp', 0, 1)

// Rows of other fields are held to the same body.
;({ open: full('open') }) satisfies Extensions<Body, Plan>
// @ts-expect-error
;({ open: full('opne') }) satisfies Extensions<Body, Plan>
// @ts-expect-error: nobody has checked that it is a number.
;({ open: full('temp') }) satisfies Extensions<Body, Plan>

// A table of keys is total as well.
type Reasoning = NonNullable<ChatFields['reasoning']>
;({ effort: 'used', max_tokens: 'used', exclude: note, enabled: 'inert' }) satisfies Keys<Reasoning>
// @ts-expect-error: `enabled` is forgotten.
;({ effort: 'used', max_tokens: 'used', exclude: 'used' }) satisfies Keys<Reasoning>
// @ts-expect-error: `efort` is no key.
;({ effort: 'used', max_tokens: 'used', exclude: 'used', enabled: 'used', efort: 'used' }) satisfies Keys<Reasoning>
// @ts-expect-error: there is no such use.
;({ effort: 'use', max_tokens: 'used', exclude: 'used', enabled: 'used' }) satisfies Keys<Reasoning>
