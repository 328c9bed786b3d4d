// Tools of other kinds than functions stay as they are.
import { expect, it } from 'vitest'
import { objects } from '../../../src/providers/moonshot/tools.ts'
import type { Body } from '../../../src/providers/openai-compatible/like.ts'

const adapted = (tools: readonly Body[]) => objects({ tools }, { tools }).tools

it('gives functions an object for parameters', () => {
  const search = { type: 'builtin_function', name: '$web_search' }
  const nulls = { type: 'function', function: { name: 'f', parameters: null } }
  expect(adapted([search, nulls])).toEqual([
    search,
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ])
})
