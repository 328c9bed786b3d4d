// Messages as turns: whose they are, in which order, and what is made of their parts.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode, type Fields, hello, refusal, send } from './accepted.ts'

const user = (content: unknown, more: Fields = {}) => ({ role: 'user', content, ...more })
const assistant = (content: unknown, more: Fields = {}) => ({ role: 'assistant', content, ...more })
const call = (id: string, args = '{}', more: Fields = {}) => ({
  id,
  type: 'function',
  function: { name: 'find', arguments: args },
  ...more,
})
const result = (id: string, content: unknown, more: Fields = {}) => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...more,
})
const turns = (...messages: Fields[]) => send({ messages }).body.contents
const parts = (part: Fields, fields: Fields = {}) =>
  send({ messages: [user([part])], ...fields }).body.contents?.[0]?.parts

describe('turns', () => {
  it('of one speaker are one, and results stand by themselves', () => {
    const all = turns(
      user('a'),
      user('b'),
      assistant('c'),
      assistant(null, { tool_calls: [call('1')] }),
      result('1', 'r'),
      user('d'),
      user('e'),
    )
    expect(all?.map(({ role, parts: said = [] }) => [role, said.length])).toEqual([
      ['user', 2],
      ['model', 2],
      ['user', 1],
      ['user', 2],
    ])
  })

  it('that say nothing are none', () => {
    expect(turns(user('a'), assistant(''), assistant(null), user('b'))).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
    ])
    const { body, told } = send({ messages: [user('')] })
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: '.' }] }])
    expect(told).toEqual(['messages[0] emulated'])
  })

  it('instructions come first, wherever they stand', () => {
    const { body } = send({
      messages: [
        user('a'),
        { role: 'developer', content: [{ type: 'text', text: 'x' }] },
        { role: 'system', content: 'y' },
      ],
    })
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'x' }, { text: 'y' }] })
  })

  it('a model without instructions gets a user turn for them, if it has to', () => {
    const model = 'gemma-3-27b-it'
    const system = { role: 'system', content: 'x' }
    expect(send({ model, messages: [system, assistant('a')] }).body.contents?.[0]).toEqual({
      role: 'user',
      parts: [{ text: 'x' }],
    })
    expect(send({ model, messages: [system] }).told).toEqual(['messages emulated'])
  })

  it('what an assistant said beside its content is said', () => {
    const { body, told } = send({
      messages: [
        user('a'),
        assistant(null, { refusal: 'No.', audio: { id: 'x', transcript: 'Hm.' } }),
        user('b', { name: 'Bo' }),
      ],
    })
    expect(body.contents?.[1]?.parts).toEqual([{ text: 'No.' }, { text: 'Hm.' }])
    expect(told).toEqual(['messages[1].audio dropped', 'messages[2].name dropped'])
  })
})

describe('results', () => {
  const resultOf = (content: unknown, more: Fields = {}) =>
    turns(user('a'), assistant(null, { tool_calls: [call('1')] }), result('1', content, more))?.[2]?.parts?.[0]
      ?.functionResponse?.response

  it.each([
    ['{"a":1}', { a: 1 }],
    ['[1]', { output: '[1]' }],
    ['{"a":', { output: '{"a":' }],
    ['7', { output: '7' }],
    ['', { output: '' }],
    // A number that would not be the same again.
    ['{"id":12345678901234567890}', { output: '{"id":12345678901234567890}' }],
    [`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`, { output: `${'{"a":'.repeat(70)}1${'}'.repeat(70)}` }],
  ])('%s', (content, response) => {
    expect(resultOf(content)).toEqual(response)
  })

  it('texts are joined, and failures named', () => {
    expect(
      resultOf([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]),
    ).toEqual({ output: 'a\nb' })
    expect(resultOf('x', { is_error: true })).toEqual({ error: 'x' })
  })

  it('that are missing are refused in the words of the API that clients know', () => {
    expect(refusal({ messages: [user('a'), assistant(null, { tool_calls: [call('1')] })] })).toMatchObject({
      status: 400,
      param: 'messages',
    })
  })
})

describe('signatures', () => {
  const back = (message: Fields, model = 'gemini-3-flash-preview') =>
    send({ model, messages: [user('a'), assistant('x', { tool_calls: [call('1')], ...message }), result('1', 'r')] })
      .body.contents?.[1]?.parts

  it.each<[string, Fields]>([
    ['extra content', { tool_calls: [call('1', '{}', { extra_content: { google: { thought_signature: 'c2ln' } } })] }],
    [
      'the function',
      { tool_calls: [{ ...call('1'), function: { name: 'find', arguments: '{}', thought_signature: 'c2ln' } }] },
    ],
    [
      "the function's provider fields",
      {
        tool_calls: [
          {
            ...call('1'),
            function: { name: 'find', arguments: '{}', provider_specific_fields: { thought_signature: 'c2ln' } },
          },
        ],
      },
    ],
    ['provider fields', { tool_calls: [call('1', '{}', { provider_specific_fields: { thought_signature: 'c2ln' } })] }],
    [
      'details',
      { reasoning_details: [{ type: 'reasoning.encrypted', id: '1', data: 'c2ln', format: 'google-gemini-v1' }] },
    ],
    ['details without a format', { reasoning_details: [{ type: 'reasoning.encrypted', id: '1', data: 'c2ln' }] }],
  ])('in %s', (_name, message) => {
    expect(back(message)?.at(-1)?.thoughtSignature).toBe('c2ln')
  })

  it.each<[string, Fields]>([
    ['extra content', { extra_content: { google: { thought_signature: 'dA==' } } }],
    ['provider fields', { provider_specific_fields: { thought_signatures: ['x', 'dA=='] } }],
    ['details', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'dA==', format: 'google-gemini-v1' }] }],
  ])('of a text in %s', (_name, message) => {
    expect(back(message)?.[0]).toEqual({ text: 'x', thoughtSignature: 'dA==' })
  })

  it('of thoughts bring the thoughts back', () => {
    const details = [
      { type: 'reasoning.text', text: 'Hm.', signature: 'dGg=', format: 'google-gemini-v1' },
      { type: 'reasoning.text', text: 'Unsigned.', format: 'google-gemini-v1' },
    ]
    expect(back({ reasoning_details: details })?.[0]).toEqual({ text: 'Hm.', thought: true, thoughtSignature: 'dGg=' })
  })

  it('mean nothing to a model that does not think, and are not made up where none is checked', () => {
    const message = { extra_content: { google: { thought_signature: 'dA==' } } }
    expect(back(message, 'gemini-2.0-flash')).toEqual([{ text: 'x' }, { functionCall: { name: 'find', args: {} } }])
    expect(back({}, 'gemini-2.5-flash')?.at(-1)).toEqual({ functionCall: { name: 'find', args: {} } })
  })
})

describe('parts', () => {
  const image = (url: string) => ({ type: 'image_url', image_url: { url } })
  const file = (fields: Fields) => ({ type: 'file', file: fields })
  const older = { model: 'gemini-2.0-flash' }

  it.each<[string, Fields, unknown]>([
    [
      'a picture by its first bytes',
      image('data:image/gif;base64,iVBORw0KGgo='),
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
    ],
    ['heic', image('data:image/heic;base64,AAAA'), { inlineData: { mimeType: 'image/heic', data: 'AAAA' } }],
    [
      'heic by its name',
      image('https://example.com/a.heic#x'),
      { fileData: { mimeType: 'image/heic', fileUri: 'https://example.com/a.heic#x' } },
    ],
    [
      'a picture of no name',
      image('https://example.png'),
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
    ],
    [
      'a file that was uploaded',
      file({ file_id: 'files/a' }),
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' } },
    ],
    [
      'sound as a data URL',
      { type: 'input_audio', input_audio: { data: 'data:audio/mp3;base64,AAAA', format: 'MP3' } },
      { inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } },
    ],
    [
      'a film by its name',
      file({ file_data: 'AAAA', filename: 'a.mov' }),
      { inlineData: { mimeType: 'video/mov', data: 'AAAA' } },
    ],
    [
      'a file that says what it is',
      file({ file_data: 'data:application/octet-stream;base64,AAAA', filename: 'a.csv' }),
      { inlineData: { mimeType: 'text/csv', data: 'AAAA' } },
    ],
    [
      'an address as an id',
      file({ file_id: 'https://example.com/a.pdf' }),
      { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
    ],
    [
      'a film on the web',
      { type: 'video_url', video_url: { url: 'https://example.com/a' } },
      { fileData: { mimeType: 'video/mp4', fileUri: 'https://example.com/a' } },
    ],
    [
      'an older address',
      image('http://example.com/a.png'),
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
    ],
  ])('%s', (_name, part, expected) => {
    expect(parts(part)).toEqual([expected])
  })

  it.each<[string, Fields, Fields]>([
    ['unknown kind', { type: 'novelty' }, { code: 'unsupported_value' }],
    ['a film without an address', { type: 'video_url', video_url: {} }, { code: 'unsupported_value' }],
    ['no address', image('ftp://a/b.png'), { code: 'invalid_image_url' }],
    ['a GIF by its name', image('https://example.com/a.gif'), { code: 'invalid_image_format' }],
    ['a drawing', image('data:image/svg+xml;base64,AAAA'), { code: 'invalid_image_format' }],
    ['an archive', file({ file_data: 'data:application/zip;base64,AAAA' }), { code: 'unsupported_value' }],
    ['a bucket', file({ file_data: 'gs://a/b.pdf' }), { code: 'invalid_image_url' }],
    ['a file without data', file({}), { code: 'missing_required_parameter', param: 'messages[0].content[0].file' }],
    [
      'data that are none',
      image('data:image/png;base64,%%%'),
      { code: 'invalid_value', param: 'messages[0].content[0].image_url.url' },
    ],
    [
      'a sound that is none',
      { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
      { code: 'invalid_value' },
    ],
  ])('%s is refused', (_name, part, expected) => {
    expect(refusal({ messages: [user([part])] })).toMatchObject({ status: 400, ...expected })
  })

  it('other than text are refused of those who only speak', () => {
    expect(refusal({ messages: [{ role: 'system', content: [image('https://a/b.png')] }] })).toMatchObject({
      param: 'messages[0].content[0]',
    })
  })

  it('are fetched once, and refused when they are of another type', () => {
    const url = 'https://example.com/a'
    const request = chatRequestOf({ ...older, messages: [user([image(url), image(url)])] })
    const { needs } = encode(request, new Ledger(true))
    expect(needs?.urls).toEqual([
      { url, path: expect.stringMatching(/^messages\[0\]\.content\[[01]\]\.image_url\.url$/) },
    ])
    const withType = (type: string) => () => needs?.with(new Map([[url, { type, base64: 'AAAA' }]]))
    expect(withType('text/html')).not.toThrow()
    expect(withType('application/zip')).toThrow(GatewayError)
    const octets = { ...older, messages: [user([image('https://example.com/a.webp')])] }
    const call = encode(chatRequestOf(octets), new Ledger(true)).needs?.with(
      new Map([['https://example.com/a.webp', { type: 'application/octet-stream', base64: 'AAAA' }]]),
    )
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      contents: [{ parts: [{ inlineData: { mimeType: 'image/webp', data: 'AAAA' } }] }],
    })
  })

  it('pictures in an answer that is no list are none', () => {
    expect(turns(hello, assistant('a', { images: 'x' }))?.[1]).toEqual({ role: 'model', parts: [{ text: 'a' }] })
    expect(turns(hello, assistant('a', { images: [{}] }))?.[1]).toEqual({ role: 'model', parts: [{ text: 'a' }] })
  })
})
