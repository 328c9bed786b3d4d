import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../src/hub/loss.ts'
import { teller } from '../../../src/hub/support.ts'
import { contentOf, thinkingOf } from '../../../src/providers/mistral/content.ts'

function made(...parts: object[]): { content: unknown; losses: Ledger['losses'] } {
  const ledger = new Ledger(false)
  return { content: contentOf(parts, 'messages[0]', teller(ledger, 'messages')), losses: ledger.losses }
}
const file = (data: object) => ({ type: 'file', file: data })
const PNG = 'iVBORw0KGgo='

describe('content', () => {
  it.each([
    ['text', 'Hello', 'Hello'],
    ['nothing', null, ''],
    ['nothing at all', undefined, ''],
  ])('is %s', (_name, given, expected) => {
    expect(contentOf(given, 'messages[0]', () => undefined)).toBe(expected)
  })

  it.each([
    ['a PDF by its first bytes', { file_data: 'JVBERi0xLjQK' }, 'data:application/pdf;base64,JVBERi0xLjQK'],
    [
      'a file by its name',
      { file_data: 'UEsDBA==', filename: 'a.pptx' },
      'data:application/vnd.openxmlformats-officedocument.presentationml.presentation;base64,UEsDBA==',
    ],
    [
      'what it says it is',
      { file_data: 'data:application/zip;base64,UEsDBA==' },
      'data:application/zip;base64,UEsDBA==',
    ],
  ])('takes %s as a document', (_name, given, url) => {
    expect(made(file(given)).content).toEqual([
      { type: 'document_url', document_url: url, ...('filename' in given && { document_name: given.filename }) },
    ])
  })

  it('takes an image in a file as an image, whatever it is called', () => {
    expect(made(file({ file_data: PNG, filename: 'a.txt' })).content).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
    ])
  })

  it('takes text in a file as text, and tells', () => {
    const { content, losses } = made(file({ file_data: 'SGVsbG8=', filename: 'a.md' }))
    expect(content).toEqual([{ type: 'text', text: 'Hello' }])
    expect(losses).toMatchObject([{ path: 'messages[0].content[0]', kind: 'emulated' }])
  })

  it('takes text that is none as a document', () => {
    const { content, losses } = made(file({ file_data: 'data:text/plain;base64,!' }))
    expect(content).toMatchObject([{ type: 'document_url' }])
    expect(losses).toEqual([])
  })
})

describe('a file', () => {
  it.each([
    ['without data', {}, "A file needs 'file_data' or 'file_id'."],
    [
      'of no known type',
      { file_data: 'UEsDBA==', filename: 'a' },
      'What type of file this is, neither its data nor its name says.',
    ],
  ])('%s is refused', (_name, given, message) => {
    expect(() => made(file(given))).toThrow(message)
  })
})

describe('thoughts', () => {
  it('are parts, with the signatures that the service made', () => {
    const detail = { type: 'reasoning.text', text: 'Hm.', signature: 's' }
    const part = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }], closed: true }
    expect(thinkingOf({ reasoning_details: [detail] })).toEqual([{ ...part, signature: 's' }])
    expect(thinkingOf({ reasoning_details: [{ ...detail, format: 'other-v1' }] })).toEqual([part])
    expect(thinkingOf({ reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm.' }] })).toEqual([part])
    expect(thinkingOf({ reasoning: 'Hm.' })).toEqual([part])
  })

  it('are none where nothing can be read', () => {
    expect(thinkingOf({})).toEqual([])
    expect(thinkingOf({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] })).toEqual([])
  })
})
