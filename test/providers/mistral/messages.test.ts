import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { nineCharacters } from '../../../src/providers/mistral/ids.ts'
import { mistral } from '../../../src/providers/mistral/index.ts'
import { prefixOf } from '../../../src/providers/mistral/messages.ts'
import { ACCOUNT } from '../../account.ts'
import { isChat } from '../../case.ts'
import { body } from '../../laws/requests.ts'
import { accepted } from './accepted.ts'

function sent(given: object) {
  const ledger = new Ledger(false)
  const call = mistral.chat.encode(chatRequestOf(given), 'mistral-large-latest', ledger, ACCOUNT)
  return { ...JSON.parse(call.body), losses: ledger.losses }
}

const talk = (...messages: object[]) => sent({ model: 'm', messages })
const ask = { role: 'user', content: 'Hello' }
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })

describe('the messages to the service', () => {
  it('are such as it takes, whatever the conversation', () => {
    fc.assert(
      fc.property(body, (given) => {
        try {
          const { messages } = sent(given)
          if (messages.length > 0) accepted(messages)
        } catch (thrown) {
          if (!(thrown instanceof GatewayError)) throw thrown
        }
      }),
      { numRuns: 1000 },
    )
  })

  const cases = join(import.meta.dirname, '../../cases/mistral')
  const files = readdirSync(cases, { recursive: true, encoding: 'utf8' }).filter(
    (name) => isChat(name) && /(?:sent|mended)\.json$/.test(name),
  )
  it.each(files)('are such as it takes in %s', (file) => {
    accepted(JSON.parse(readFileSync(join(cases, file), 'utf8')).messages)
  })

  it('put each result behind its call, in the order of the calls', () => {
    const { messages } = talk(
      ask,
      { role: 'assistant', content: null, tool_calls: [call('call_a'), call('call_b')] },
      { role: 'tool', tool_call_id: 'call_b', content: 'b' },
      { role: 'tool', tool_call_id: 'call_a', content: 'a' },
    )
    const [, asked, ...results] = messages
    expect(results.map((one: { content: string }) => one.content)).toEqual(['a', 'b'])
    expect(results.map((one: { tool_call_id: string }) => one.tool_call_id)).toEqual(
      asked.tool_calls.map(({ id }: { id: string }) => id),
    )
  })

  it('refuse a result without a call in OpenAI’s words', () => {
    expect(() => talk(ask, { role: 'tool', tool_call_id: 'x', content: '1' })).toThrow(
      "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
    )
  })

  it('give one id to two calls of one name in two turns, and another to each', () => {
    const turn = [
      { role: 'assistant', content: null, tool_calls: [call('call_1')] },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
    ]
    const { messages } = talk(ask, ...turn, ...turn)
    expect(messages[1].tool_calls[0].id).not.toBe(messages[3].tool_calls[0].id)
    expect(messages[4].tool_call_id).toBe(messages[3].tool_calls[0].id)
  })

  it('make an id for a call that has none', () => {
    const { id: _none, ...nameless } = call('')
    const asked = { role: 'assistant', content: null, tool_calls: [nameless] }
    const id = nineCharacters(undefined, 0)
    expect(talk(ask, asked, { role: 'tool', tool_call_id: id, content: '1' }).messages[1].tool_calls[0].id).toBe(id)
  })

  it('begin with the instructions, and tell of those that came later', () => {
    const { messages, losses } = talk(
      { role: 'system', content: 'A.' },
      ask,
      { role: 'assistant', content: 'Hi' },
      { role: 'developer', content: 'B.' },
      { role: 'assistant', content: 'Ho' },
    )
    expect(messages).toEqual([
      { role: 'system', content: 'A.' },
      { role: 'system', content: 'B.' },
      ask,
      { role: 'assistant', content: 'Hi' },
      { role: 'assistant', content: 'Ho', prefix: true },
    ])
    expect(losses).toMatchObject([{ path: 'messages[3]', kind: 'emulated' }])
  })

  it('say an instruction as the user where nobody says anything else', () => {
    const { messages, losses } = talk({ role: 'system', content: 'Say hello.' })
    expect(messages).toEqual([{ role: 'user', content: 'Say hello.' }])
    expect(losses).toMatchObject([{ path: 'messages[0]', kind: 'emulated' }])
  })

  it('have text where the client has null', () => {
    expect(talk({ role: 'system', content: null }, ask).messages[0]).toEqual({ role: 'system', content: '' })
  })
})

describe('a prediction', () => {
  it.each([
    ['text', 'ab', 'ab'],
    ['parts', [{ type: 'text', text: 'a' }, { type: 'other' }], 'a'],
  ])('of %s is text', (_name, content, expected) => {
    const { prediction } = sent({ model: 'm', messages: [ask], prediction: { type: 'content', content } })
    expect(prediction).toEqual({ type: 'content', content: expected })
  })
})

describe('what the service repeats', () => {
  it.each([
    ['an answer', [ask, { role: 'assistant', content: 'My' }], 'My'],
    [
      'parts',
      [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'M' },
            { type: 'refusal', refusal: 'No' },
          ],
        },
      ],
      'M',
    ],
    ['nothing', [{ role: 'assistant', content: null }], undefined],
    ['a question', [ask], undefined],
  ])('is the text of %s', (_name, messages, expected) => {
    expect(prefixOf(chatRequestOf({ model: 'm', messages }).fields)).toBe(expected)
  })
})
