// What is alike wherever providers lack the same thing: keys of messages and parts, rows.
import { describe, expect, it } from 'vitest'
import type { Part } from '../../schemas/chat.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { messageKeys, NO_NAME } from '../../src/hub/messages.ts'
import { partAudit } from '../../src/hub/parts.ts'
import { type ChatFields, chatRequestOf } from '../../src/hub/request.ts'
import { auditFormat, auditReasoning, textOnly, toolRows } from '../../src/hub/shared-rows.ts'
import { emulated, teller } from '../../src/hub/support.ts'

/** What is told while something is done. */
function told(work: (lose: ReturnType<typeof teller>) => void, field = 'messages'): string[] {
  const ledger = new Ledger(false)
  work(teller(ledger, field))
  return ledger.losses.map(({ path, kind }) => `${path} ${kind}`)
}

describe('keys of messages', () => {
  it('are the same for all, but for what a provider says otherwise', () => {
    const NOTE = emulated('Otherwise.')
    const keys = messageKeys('used', {
      assistant: { tool_calls: NOTE },
      tool: { name: NOTE },
      function: { name: NOTE },
    })
    expect(keys.user).toMatchObject({ name: NO_NAME, cache_control: 'used' })
    expect(keys.assistant).toMatchObject({ tool_calls: NOTE, extra_content: 'inert', reasoning: 'inert' })
    expect([keys.tool.name, keys.function.name]).toEqual([NOTE, NOTE])
    expect(messageKeys('inert').system.cache_control).toBe('inert')
  })
})

describe('keys of parts', () => {
  const audit = (part: object, marks: 'used' | 'inert' = 'inert') =>
    told((lose) => partAudit(marks)(part as Part, 'messages[0].content[0]', lose))

  it.each([
    [{ type: 'text', text: 'a', cache_control: { type: 'x' } }, []],
    [{ type: 'text', text: 'a', colour: 'red' }, ['messages[0].content[0].colour dropped']],
    [
      { type: 'image_url', image_url: { url: 'u', detail: 'low', x: 1 } },
      ['messages[0].content[0].image_url.x dropped'],
    ],
    [
      { type: 'input_audio', input_audio: { data: '', format: '', x: 1 } },
      ['messages[0].content[0].input_audio.x dropped'],
    ],
    [{ type: 'file', file: { file_id: 'f', x: 1 } }, ['messages[0].content[0].file.x dropped']],
    [{ type: 'refusal', refusal: 'No.' }, []],
    [{ type: 'hologram', anything: 1 }, []],
  ])('of %j', (part, expected) => {
    expect(audit(part)).toEqual(expected)
  })
})

interface Body {
  tools?: readonly string[]
}
const BODY: Body = { tools: ['a'] }

describe('rows of tools', () => {
  const NOTE = emulated('By word.')
  const rows = toolRows<Body, { request: ChatFields }>(['tools'], () => BODY, [NOTE], [])
  const write = (field: keyof typeof rows, more: object) => {
    const { fields } = chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more })
    let part: unknown
    const losses = told((lose) => {
      part = rows[field].write([] as never, { request: fields }, lose)
    }, field)
    return { part, losses }
  }
  const tools = [{ type: 'function', function: { name: 'a' } }]
  const functions = [{ name: 'a' }]

  it('write what was decided about all of them, in either form', () => {
    expect(write('tools', { tools }).part).toBe(BODY)
    expect(write('tool_choice', { tools, tool_choice: 'none' }).part).toBe(BODY)
    expect(write('functions', { functions }).part).toBe(BODY)
    expect(write('function_call', { functions, function_call: 'none' }).part).toBe(BODY)
  })

  it('tell of the older form beside the newer one', () => {
    expect(write('functions', { tools, functions })).toEqual({ part: undefined, losses: ['functions dropped'] })
    expect(write('function_call', { tools, functions }).losses).toEqual(['function_call dropped'])
    expect(rows.functions.may).toContain(NOTE)
  })
})

describe('other rows', () => {
  it('an answer in text alone has no sound', () => {
    expect(told((lose) => textOnly.write(['text', 'audio'], undefined, lose), 'modalities')).toEqual([
      'modalities dropped',
    ])
    expect(told((lose) => textOnly.write(['text'], undefined, lose))).toEqual([])
    expect(() => told((lose) => textOnly.write(['audio'], undefined, lose))).toThrow('no audio')
  })

  it('tell of keys that nobody knows', () => {
    expect(told((lose) => auditReasoning({ effort: 'low', depth: 3 }, lose))).toEqual(['reasoning.depth dropped'])
    const json_schema = { name: 'a', schema: {}, colour: 'red' }
    expect(told((lose) => auditFormat({ type: 'json_schema', json_schema, x: 1 }, lose))).toEqual([
      'response_format.x dropped',
      'response_format.json_schema.colour dropped',
    ])
    expect(told((lose) => auditFormat({ type: 'json_object' }, lose))).toEqual([])
  })
})
