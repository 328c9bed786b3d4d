import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { rows } from '../../../src/hub/support.ts'
import type { Body, Plan } from '../../../src/providers/openai-compatible/like.ts'
import { bothLimits, everything } from '../../../src/providers/openai-compatible/rows.ts'
import { type Fields, send } from './like.ts'

const { rename } = rows<Body, Plan>()
const fields = { ...everything, ...bothLimits, seed: rename('random_seed') }

/** What goes out instead, and what is told to be lost. */
function mended(asked: Fields, message: string, param?: string) {
  const { call, losses } = send(asked, { fields })
  const error = new GatewayError('invalid_request', message, param === undefined ? {} : { param })
  const body = call.mend?.(error)?.body
  const { model: _model, messages: _messages, ...rest } = JSON.parse(body ?? '{"none":true}') as Record<string, unknown>
  return { rest, told: losses.map(({ path }) => path) }
}

describe('a field that is refused', () => {
  it.each<[string, string]>([
    ['in quotes', "Unknown parameter: 'top_a'."],
    ['in other quotes', '`top_a` is not supported with this model'],
    ['before a piece of advice', "property 'top_a' is unsupported, did you mean 'top_p'?"],
    ['in another case', 'The model does not support parameter topA.'],
    ['behind a colon', 'Unrecognized request argument supplied: top_a'],
    ['behind the model', 'Argument not supported on this model: top_a'],
    ['by one of a list', "1 request validation error: Extra inputs are not permitted, field: 'top_a', value: 1"],
  ])('is found %s', (_name, message) => {
    expect(mended({ top_a: 1, top_p: 0.5 }, message)).toEqual({ rest: { top_p: 0.5 }, told: ['top_a'] })
  })

  it('is told under the client’s name for it', () => {
    expect(mended({ seed: 7 }, 'Extra inputs are not permitted', 'random_seed')).toEqual({ rest: {}, told: ['seed'] })
  })

  it('is one alone, though others write it as well', () => {
    const tool = { type: 'function', function: { name: 'f' } }
    const { rest, told } = mended({ tools: [tool], tool_choice: 'none', top_a: 1 }, "Unknown parameter: 'top_a'.")
    expect(rest).toEqual({ tools: [tool], tool_choice: 'none' })
    expect(told).toEqual(['top_a'])
  })

  it('goes with all others that are named', () => {
    const message = "2 errors: Extra inputs are not permitted, field: 'a'; Extra inputs are not permitted, field: 'b'"
    expect(mended({ a: 1, b: 2, c: 3 }, message)).toEqual({ rest: { c: 3 }, told: ['a', 'b'] })
  })

  it.each<[Fields, string, Fields]>([
    [{ max_tokens: 5 }, "'max_tokens' is not supported with this model.", { max_completion_tokens: 5 }],
    [{ max_completion_tokens: 5 }, "Unknown parameter: 'max_completion_tokens'.", { max_tokens: 5 }],
  ])('%j goes under its other name', (asked, message, rest) => {
    expect(mended(asked, message)).toEqual({ rest, told: [] })
  })

  it('goes where it is there under both', () => {
    const asked = { max_tokens: 5, max_completion_tokens: 5 }
    expect(mended(asked, "Unknown parameter: 'max_tokens'.")).toEqual({
      rest: { max_completion_tokens: 5 },
      told: ['max_tokens'],
    })
  })

  it.each<[string, Fields, string]>([
    ['without which there is no request', { tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
    ['that was not sent', { top_a: 1 }, 'top_b'],
  ])('%s is not mended', (_name, asked, name) => {
    expect(mended(asked, `Unknown parameter: '${name}'.`)).toEqual({ rest: { none: true }, told: [] })
  })
})
