// Content parts: what the model takes arrives as it is, what it cannot take is refused by its path.
import { describe, expect, it } from 'vitest'
import { type Fields, refusal, send } from './accepted.ts'

const user = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] })
const text = { type: 'text', text: 'What is it?' }
const image = (url: string, more: Fields = {}) => ({ type: 'image_url', image_url: { url, ...more } })
const file = (fields: Fields) => ({ type: 'file', file: fields })

const base64 = (value: string) => Buffer.from(value, 'latin1').toString('base64')
const PNG = base64('\x89PNG\r\n\x1a\n and so on')
const JPEG = base64('\xff\xd8\xff\xe0 and so on')
const GIF = base64('GIF89a and so on')
const WEBP = base64('RIFF\x10\0\0\0WEBPVP8 and so on')
const PDF = base64('%PDF-1.7 and so on')
const TEXT = Buffer.from('Grüß Gott').toString('base64')

/** The blocks of a user message, and what was told. */
function blocks(...parts: unknown[]) {
  const { body, told, call } = send(user(...parts))
  return { content: body.messages[0]?.content, told, betas: call.headers['anthropic-beta'] }
}
const source = (media_type: string, data: string) => ({ type: 'base64', media_type, data })

describe('images', () => {
  it.each([
    ['a PNG', `data:image/png;base64,${PNG}`, source('image/png', PNG)],
    ['a JPEG', `data:image/jpeg;base64,${JPEG}`, source('image/jpeg', JPEG)],
    ['jpg by its short name', `data:image/jpg;base64,${JPEG}`, source('image/jpeg', JPEG)],
    ['a GIF', `data:image/gif;base64,${GIF}`, source('image/gif', GIF)],
    ['a WebP', `data:image/webp;base64,${WEBP}`, source('image/webp', WEBP)],
    ['capitals and parameters', `DATA:Image/PNG;name=a.png;Base64,${PNG}`, source('image/png', PNG)],
    ['what it is, not what it is called', `data:image/png;base64,${JPEG}`, source('image/jpeg', JPEG)],
    ['white space', `data:image/png;base64,${PNG.replace(/.{8}/g, '$&\n')}`, source('image/png', PNG)],
    ['no padding', `data:image/png;base64,${PNG.replace(/=+$/, '')}`, source('image/png', PNG)],
    ['percent signs', `data:image/png;base64,${encodeURIComponent(PNG)}`, source('image/png', PNG)],
    ['an https URL', 'https://example.com/a.png', { type: 'url', url: 'https://example.com/a.png' }],
  ])('%s', (_name, url, expected) => {
    expect(blocks(image(url, { detail: 'high' }), text)).toEqual({
      content: [{ type: 'image', source: expected }, text],
      told: [],
      betas: undefined,
    })
  })

  it.each([
    ['of another type', 'data:image/svg+xml;base64,PHN2Zz4=', 'messages[0].content[1]', 'invalid_image_format'],
    ['that are no images', `data:application/pdf;base64,${PDF}`, 'messages[0].content[1]', 'invalid_image_format'],
    ['not base64', 'data:image/png;base64,{%}', 'messages[0].content[1].image_url.url', 'invalid_value'],
    ['empty', 'data:image/png;base64,', 'messages[0].content[1].image_url.url', 'invalid_value'],
    ['in a data URL without base64', 'data:image/png,abc', 'messages[0].content[1]', 'invalid_image_url'],
    ['over http', 'http://example.com/a.png', 'messages[0].content[1]', 'invalid_image_url'],
    ['somewhere on a disk', '/tmp/a.png', 'messages[0].content[1]', 'invalid_image_url'],
  ])('%s are refused', (_name, url, param, code) => {
    expect(refusal(user(text, image(url)))).toEqual({ status: 400, param, code })
  })

  it('stand where they stood', () => {
    const { content } = blocks(text, image('https://example.com/a.png'), { type: 'text', text: 'And now?' })
    expect(content).toMatchObject([{ type: 'text' }, { type: 'image' }, { type: 'text' }])
  })
})

describe('files', () => {
  const pdf = { type: 'document', source: source('application/pdf', PDF) }
  const plain = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüß Gott' } }

  it.each([
    ['a PDF', { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }, { ...pdf, title: 'a.pdf' }],
    ['a PDF without a name', { file_data: `data:application/pdf;base64,${PDF}` }, pdf],
    ['a PDF in bare base64', { filename: 'a', file_data: PDF }, { ...pdf, title: 'a' }],
    ['a PDF by no type', { file_data: `data:application/octet-stream;base64,${PDF}` }, pdf],
    ['text', { filename: 'a.txt', file_data: `data:text/plain;base64,${TEXT}` }, { ...plain, title: 'a.txt' }],
    ['Markdown', { filename: 'a.md', file_data: TEXT }, { ...plain, title: 'a.md' }],
    ['CSV', { file_data: `data:text/csv;charset=utf-8;base64,${TEXT}` }, plain],
    ['JSON', { file_data: `data:application/json;base64,${TEXT}` }, plain],
    ['JSON of a kind', { file_data: `data:application/ld+json;base64,${TEXT}` }, plain],
    ['text by its ending', { filename: 'A.YAML', file_data: TEXT }, { ...plain, title: 'A.YAML' }],
    [
      'an image',
      { filename: 'a.png', file_data: `data:image/png;base64,${PNG}` },
      { type: 'image', source: source('image/png', PNG) },
    ],
    ['an image in bare base64', { file_data: JPEG }, { type: 'image', source: source('image/jpeg', JPEG) }],
    [
      'a URL',
      { filename: 'a.pdf', file_data: 'https://example.com/a.pdf' },
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: 'a.pdf' },
    ],
  ])('%s', (_name, fields, block) => {
    expect(blocks(text, file(fields))).toEqual({ content: [text, block], told: [], betas: undefined })
  })

  it("of the provider's own store need its beta", () => {
    expect(blocks(file({ file_id: 'file_011CN' }), text)).toEqual({
      content: [{ type: 'document', source: { type: 'file', file_id: 'file_011CN' } }, text],
      told: [],
      betas: 'files-api-2025-04-14',
    })
    expect(blocks(file({ file_id: 'file_1', filename: 'a.png' })).content).toMatchObject([{ type: 'image' }])
  })

  it('inside a result need it too', () => {
    const { call } = send({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] },
        { role: 'tool', tool_call_id: 'c', content: [file({ file_id: 'file_1' })] },
      ],
    })
    expect(call.headers).toEqual({ 'anthropic-beta': 'files-api-2025-04-14' })
  })

  it('with a long name lose its end', () => {
    const { content, told } = blocks(
      file({ filename: `${'a'.repeat(600)}.txt`, file_data: `data:text/plain;base64,${TEXT}` }),
    )
    expect(content).toMatchObject([{ title: 'a'.repeat(500) }])
    expect(told).toEqual([`messages[0].content[0].file.filename clamped → "${'a'.repeat(500)}"`])
  })

  it.each([
    [
      'of an unknown type',
      { filename: 'a.docx', file_data: 'UEsDBBQ=' },
      'messages[0].content[1]',
      'unsupported_value',
    ],
    [
      'that sound',
      { file_data: 'data:audio/wav;base64,UklGRiQAAABXQVZF' },
      'messages[0].content[1]',
      'unsupported_value',
    ],
    ['of no type', { file_data: 'AAAA' }, 'messages[0].content[1]', 'unsupported_value'],
    ["of OpenAI's store", { file_id: 'file-abc' }, 'messages[0].content[1]', 'unsupported_value'],
    ['that are nowhere', { filename: 'a.pdf' }, 'messages[0].content[1].file', 'missing_required_parameter'],
    [
      'of text that is not base64',
      { filename: 'a.txt', file_data: '{}' },
      'messages[0].content[1].file.file_data',
      'invalid_value',
    ],
    [
      'of text that is empty',
      { file_data: 'data:text/plain;base64,' },
      'messages[0].content[1].file.file_data',
      'invalid_value',
    ],
  ])('%s are refused', (_name, fields, param, code) => {
    expect(refusal(user(text, file(fields)))).toEqual({ status: 400, param, code })
  })
})

it.each([
  ['audio', { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
  ['a part nobody knows', { type: 'hologram', hologram: {} }],
])('%s is refused by its path: an answer without it would be worse than none', (_name, part) => {
  expect(refusal(user(text, part))).toEqual({ status: 400, param: 'messages[0].content[1]', code: 'unsupported_value' })
})

it("an assistant's message holds text and nothing else", () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: [text, image('https://example.com/a.png')] },
  ]
  expect(refusal({ messages })).toMatchObject({ param: 'messages[1].content[1]' })
})
