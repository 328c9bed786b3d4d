// Messages as turns: roles, content, images, and calls that are text.
import { describe, expect, it } from 'vitest'
import type { Media } from '../../../src/hub/provider.ts'
import { accepted, encoded, hello, refusal, send } from './accepted.ts'

const turns = (messages: unknown[], version?: string) => send({ messages }, version).body.conversation_history
const png = 'data:image/png;base64,iVBORw0KGgo='
const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const user = (...content: unknown[]) => ({ role: 'user', content })
const words = (text: string) => ({ type: 'text', text })

describe('roles', () => {
  it('are those of OpenAI, but for one', () => {
    const said = ['system', 'developer', 'user', 'assistant'].map((role) => ({ role, content: role }))
    expect(turns(said).map(({ role, content }) => [role, content])).toEqual([
      ['system', 'system'],
      ['system', 'developer'],
      ['user', 'user'],
      ['assistant', 'assistant'],
    ])
  })

  it('have no names', () => {
    const named = ['system', 'user', 'assistant'].map((role) => ({ role, content: 'x', name: 'n' }))
    expect(send({ messages: named }).told).toEqual(['messages[1].name dropped', 'messages[2].name dropped'])
  })

  it('lose what nobody knows, and keep quiet about hints', () => {
    const cached = { role: 'user', content: 'x', cache_control: { type: 'ephemeral' }, weather: 'fair' }
    expect(send({ messages: [cached] }).told).toEqual(['messages[0].weather dropped'])
  })
})

describe('content', () => {
  it.each([
    ['null', null, ''],
    ['nothing', [], ''],
    ['text', [words('a'), words('b')], 'a\nb'],
    ['a refusal', [{ type: 'refusal', refusal: 'No.' }], 'No.'],
  ])('that is %s is text', (_name, content, text) => {
    expect(turns([{ role: 'assistant', content }, hello])).toEqual([{ role: 'assistant', content: text }, hello])
  })

  it('with an image has parts', () => {
    const detailed = { type: 'image_url', image_url: { url: png, detail: 'low' }, cache_control: { type: 'ephemeral' } }
    const { body, told } = send({ messages: [user(words('a'), detailed)] })
    expect(body.conversation_history).toEqual([{ role: 'user', content: [words('a'), image(png)] }])
    expect(told).toEqual([])
  })

  it('tells what its parts lose', () => {
    const part = { type: 'text', text: 'a', mood: 'good' }
    const picture = { type: 'image_url', image_url: { url: png, alt: 'x' } }
    expect(send({ messages: [user(part, picture)] }).told).toEqual([
      'messages[0].content[0].mood dropped',
      'messages[0].content[1].image_url.alt dropped',
    ])
  })

  it.each([
    ['audio', { type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }, '', 'unsupported_value'],
    ['a file', { type: 'file', file: { file_id: 'x' } }, '', 'unsupported_value'],
    ['a part of its own', { type: 'video_url' }, '', 'unsupported_value'],
    ['an address without a lock', image('http://example.com/a.png'), '', 'invalid_image_url'],
    ['no address', image('a.png'), '', 'invalid_image_url'],
    ['a page', image('data:application/pdf;base64,JVBERi0='), '', 'invalid_image_format'],
    ['no data', image('data:image/png;base64,'), '.image_url.url', 'invalid_value'],
  ])('is refused that has %s', (_name, part, below, code) => {
    expect(refusal({ messages: [user(part)] })).toEqual({ param: `messages[0].content[0]${below}`, code })
  })

  it('has no images before 3.0', () => {
    expect(refusal({ messages: [user(image(png))] }, '2.1')).toEqual({
      param: 'messages[0].content[0]',
      code: 'unsupported_value',
    })
  })

  it('is an image as what it is, whatever it is called', () => {
    expect(turns([user(image('data:text/plain;base64,iVBORw0KGgo'))])[0]?.content).toEqual([image(png)])
  })
})

describe('an image by address', () => {
  const call = encoded({ messages: [user(image('https://example.com/a')), user(image('https://example.com/a'))] })
  const urls = [{ url: 'https://example.com/a', path: 'messages[1].content[0].image_url.url' }]
  const fetched = (media: Media) => call.needs?.with(new Map([['https://example.com/a', media]]))

  it('is fetched, once', () => {
    expect(call.needs?.urls).toEqual(urls)
    const whole = fetched({ type: 'image/png', base64: 'iVBORw0KGgo=' }) ?? call
    expect(accepted(whole).conversation_history).toEqual([user(image(png)), user(image(png))])
    expect(whole.needs).toBeUndefined()
  })

  it('has to be one', () => {
    expect(() => fetched({ type: 'text/html', base64: 'PGh0bWw+' })).toThrow(
      expect.objectContaining({ code: 'invalid_image_format', details: { param: 'messages[0].content[0]' } }),
    )
  })
})

describe('calls', () => {
  const call = (id: string, name: string, args: string) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  })
  const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content })

  it('are text, and their results stand in their order', () => {
    const asked = {
      role: 'assistant',
      content: 'Wait.',
      tool_calls: [call('a', 'find', '{"n": 12345678901234567890}'), call('b', 'lose', '')],
    }
    const { body, told } = send({ messages: [hello, asked, result('b', [words('2')]), result('a', '1'), hello] })
    expect(body.conversation_history).toEqual([
      hello,
      {
        role: 'assistant',
        content:
          'Wait.\n<tool_call>\n{"name": "find", "arguments": {"n": 12345678901234567890}}\n</tool_call>\n<tool_call>\n{"name": "lose", "arguments": {}}\n</tool_call>',
      },
      { role: 'tool', content: '1' },
      { role: 'tool', content: '2' },
      hello,
    ])
    expect(told).toEqual([
      'messages[1].tool_calls emulated',
      'messages[2].tool_call_id emulated',
      'messages[3].tool_call_id emulated',
    ])
  })

  it('may be broken, custom, or of the form before tools', () => {
    const messages = [
      { role: 'assistant', content: null, tool_calls: [call('a', 'find', '{"q":')] },
      result('a', 'x'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'run', input: 'ls' } }, { id: 'd' }],
      },
      result('c', 'y'),
      result('d', 'y'),
      { role: 'assistant', content: null, function_call: { name: 'old' } },
      { role: 'function', name: 'old', content: 'z' },
    ]
    const { body, told } = send({ messages })
    expect(body.conversation_history.map(({ content }) => content)).toEqual([
      '<tool_call>\n{"name": "find", "arguments": "{\\"q\\":"}\n</tool_call>',
      'x',
      '<tool_call>\n{"name": "run", "arguments": "ls"}\n</tool_call>\n<tool_call>\n{"name": "", "arguments": {}}\n</tool_call>',
      'y',
      'y',
      '<tool_call>\n{"name": "old", "arguments": {}}\n</tool_call>',
      'z',
    ])
    expect(told.slice(-2)).toEqual(['messages[5].function_call emulated', 'messages[6].name emulated'])
  })

  it('that failed are not marked', () => {
    const asked = { role: 'assistant', content: null, tool_calls: [call('a', 'f', '{}'), call('b', 'f', '{}')] }
    const results = [
      { ...result('a', 'x'), is_error: true },
      { ...result('b', 'x'), is_error: false },
    ]
    expect(send({ messages: [asked, ...results] }).told).toContain('messages[1].is_error dropped')
    expect(send({ messages: [asked, ...results] }).told).not.toContain('messages[2].is_error dropped')
  })

  it('stand behind what is said aside, and behind images', () => {
    const all = {
      role: 'assistant',
      content: [image(png)],
      refusal: 'No.',
      audio: { id: 'x', transcript: 'Well.' },
      tool_calls: [call('a', 'f', '{}')],
    }
    const { body, told } = send({ messages: [all, result('a', 'x')] })
    expect(body.conversation_history[0]?.content).toEqual([
      image(png),
      words('No.\nWell.\n<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'),
    ])
    expect(told).toEqual([
      'messages[0].tool_calls emulated',
      'messages[0].audio dropped',
      'messages[1].tool_call_id emulated',
    ])
    expect(turns([{ role: 'assistant', content: [image(png)] }])[0]?.content).toEqual([image(png)])
  })

  it('need their results', () => {
    const asked = { role: 'assistant', content: null, tool_calls: [call('a', 'f', '{}')] }
    expect(refusal({ messages: [asked, hello] })).toEqual({ param: 'messages', code: null })
    expect(refusal({ messages: [result('a', 'x')] })).toEqual({ param: 'messages', code: null })
  })
})
