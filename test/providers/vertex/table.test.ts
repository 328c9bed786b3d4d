// The table of a provider whose models have several.
import { describe, expect, it } from 'vitest'
import { clamped, dropped, rows } from '../../../src/hub/support.ts'
import { either } from '../../../src/providers/vertex/table.ts'

const { full, drop, inert, clamp } = rows<{ a: number }, undefined>()
const NO = dropped('No.')

describe('a row', () => {
  const kinds = either(
    { same: full('a'), gone: drop('No.'), some: full('a'), quiet: inert('A hint.'), words: drop('No.') },
    { same: full('a'), gone: drop('No.'), some: clamp('a', 0, 1, 'To 1.'), quiet: drop('No.'), words: drop('Never.') },
  )

  it('that is the same everywhere stays as it is', () => {
    expect(kinds.same).toMatchObject({ kind: 'full', may: [] })
    expect(kinds.gone).toMatchObject({ kind: 'dropped', reason: 'No.', may: [NO] })
  })

  it('that differs may do what any of them does', () => {
    expect(kinds.some).toMatchObject({ kind: 'full', may: [clamped('To 1.')] })
    expect(kinds.quiet).toEqual({ kind: 'renamed', may: [NO] })
    expect(kinds.words).toEqual({ kind: 'renamed', may: [NO, dropped('Never.')] })
  })

  it('may stand in one table alone', () => {
    expect(either<Record<string, ReturnType<typeof drop>>>({ a: drop('No.') }, {})).toMatchObject({
      a: { kind: 'dropped', reason: 'No.', may: [NO] },
    })
  })
})
