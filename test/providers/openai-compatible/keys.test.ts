import { describe, expect, it } from 'vitest'
import { everything } from '../../../src/providers/openai-compatible/rows.ts'
import { type Fields, send } from './like.ts'

const strict = (fields: Fields, more: readonly string[] = []) => send(fields, { messages: { strict: more } })
const UNKNOWN = { kind: 'dropped', reason: 'No such field upstream.' }
const mark = { cache_control: { type: 'ephemeral' } }
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }

describe('messages of a service that refuses keys', () => {
  it('have OpenAI’s keys, and those that it has beside them', () => {
    const { body, losses } = strict(
      {
        messages: [
          { role: 'system', content: 'Be brief.', ...mark },
          { role: 'user', content: 'Hi', name: 'ann', mood: 'good' },
          { role: 'assistant', content: 'Hm', partial: true, mood: null, weather: [] },
        ],
      },
      ['partial'],
    )
    expect(body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi', name: 'ann' },
      { role: 'assistant', content: 'Hm', partial: true },
    ])
    expect(losses).toEqual([{ path: 'messages[1].mood', ...UNKNOWN }])
  })

  it('have parts and calls in the same way', () => {
    const image = { url: 'https://example.com/a.png', detail: null }
    const { body, losses } = strict({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See', ...mark, tone: 'low' },
            { type: 'image_url', image_url: image },
            { type: 'weather', weather: { sun: 1 }, wind: 2, ...mark },
          ],
        },
        { role: 'assistant', content: null, tool_calls: [{ ...call, extra_content: { x: 1 }, speed: 1 }] },
        { role: 'tool', tool_call_id: 'a', content: '1', is_error: true },
      ],
    })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'weather', weather: { sun: 1 }, wind: 2 },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
    ])
    expect(losses.map(({ path }) => path)).toEqual([
      'messages[0].content[0].tone',
      'messages[1].tool_calls[0].speed',
      'messages[2].is_error',
    ])
  })
})

describe('tools of a service that refuses keys', () => {
  it('have OpenAI’s keys, and no nulls', () => {
    const definition = { name: 'f', description: null, parameters: { type: 'object', default: null }, strict: null }
    const tool = { type: 'function', function: { ...definition, speed: 1 }, ...mark, speed: 1 }
    const { body, losses } = strict({ tools: [tool, { type: 'web_search', depth: null }] })
    expect(body.tools).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object', default: null } } },
      { type: 'web_search', depth: null },
    ])
    expect(losses).toEqual([
      { path: 'tools[0].speed', ...UNKNOWN },
      { path: 'tools[0].function.speed', ...UNKNOWN },
    ])
  })

  it('say where functions of the older form stand', () => {
    const { body, losses } = strict({ functions: [{ name: 'f', speed: 1 }] })
    expect(body.tools).toEqual([{ type: 'function', function: { name: 'f' } }])
    expect(losses).toEqual([{ path: 'functions[0].speed', ...UNKNOWN }])
  })
})

it('a service that says nothing of keys gets all of them', () => {
  const { body, losses } = send({ messages: [{ role: 'user', content: 'Hi', mood: 'good' }] }, { fields: everything })
  expect(body.messages).toEqual([{ role: 'user', content: 'Hi', mood: 'good' }])
  expect(losses).toEqual([])
})
