// What the service takes of a conversation, by its own rules: https://docs.mistral.ai/api and the words of its refusals.
import { expect } from 'vitest'

interface Part {
  readonly type: string
}
interface Call {
  readonly id?: string
  readonly type?: string
  readonly function: { readonly name: string; readonly arguments: string }
}
interface Sent {
  readonly role: string
  readonly content?: string | readonly Part[]
  readonly tool_calls?: readonly Call[]
  readonly tool_call_id?: string
  readonly prefix?: boolean
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
}
const NEXT: Readonly<Record<string, readonly string[]>> = {
  '': ['system', 'user', 'assistant'],
  system: ['system', 'user', 'assistant'],
  user: ['user', 'assistant'],
  assistant: ['user', 'assistant', 'tool'],
  tool: ['assistant', 'tool'],
}
const ID = /^[a-zA-Z0-9]{9}$/
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** Fails for a conversation that the service would refuse. */
export function accepted(messages: readonly Sent[]): void {
  let before = ''
  let open: string[] = []
  for (const [i, message] of messages.entries()) {
    const { role, content, tool_calls: calls = [], tool_call_id: id = '' } = message
    expect(NEXT[before], `role ${role} after ${before}`).toContain(role)
    expect(KEYS[role]).toEqual(expect.arrayContaining(Object.keys(message)))
    expect(content).toBeDefined()
    if (role === 'tool') {
      expect(open).toContain(id)
      open = open.filter((one) => one !== id)
    } else expect(open, 'results are missing').toEqual([])
    if (role === 'assistant') {
      expect((content?.length ?? 0) + calls.length, 'an answer that is empty').toBeGreaterThan(0)
      if (message.prefix) expect(i).toBe(messages.length - 1)
      open = calls.map((call) => call.id ?? '')
      for (const call of calls) {
        expect(call.id).toMatch(ID)
        expect(call.function.name).toMatch(NAME)
        expect(typeof call.function.arguments).toBe('string')
      }
      expect(new Set(open).size).toBe(open.length)
    }
    before = role
  }
  expect(open, 'results are missing').toEqual([])
  const last = messages.at(-1)
  expect(['user', 'assistant', 'tool']).toContain(last?.role)
  if (last?.role === 'assistant') expect(last.prefix).toBe(true)
}
