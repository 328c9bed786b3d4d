// The demo's own strictness: each rule refuses what the real service refuses, in its words, and takes what that takes.
import { describe, expect, it } from 'vitest'
import { RULES } from '../../demo/anthropic/check.ts'
import { calls } from './golden/calls.ts'
import { content } from './golden/content.ts'
import { conversation } from './golden/conversation.ts'
import { output } from './golden/output.ts'
import { sampling } from './golden/sampling.ts'
import { thinking } from './golden/thinking.ts'
import { tools } from './golden/tools.ts'
import { assistant, call, find, hello, mark, refusal, request, result, text, user } from './requests.ts'

describe('rules', () => {
  const golden = [...conversation, ...calls, ...content, ...tools, ...thinking, ...sampling, ...output]

  it.each(golden)('$rule: $message', ({ rule, fields, message, context }) => {
    const answer = refusal(request(fields), context)
    expect(answer?.message).toBe(message)
    expect(answer?.status).toBe(400)
    expect(answer?.cites).toBe(RULES.find(({ name }) => name === rule)?.cites)
  })

  it('have a golden text each', () => {
    const without = RULES.filter(({ name }) => !golden.some(({ rule }) => rule === name)).map(({ name }) => name)
    expect(without).toEqual([])
  })

  it.each([
    { model: 'claude-opus-4-8', messages: [hello, { role: 'system', content: 'Be brief.' }] },
    { model: 'claude-opus-4-5', output_config: { effort: 'high' } },
    { model: 'claude-sonnet-4-6', thinking: { type: 'adaptive' }, tools: [find], tool_choice: { type: 'any' } },
    { model: 'claude-opus-5-5', thinking: { type: 'adaptive', display: 'summarized' }, temperature: 1 },
    { model: 'claude-sonnet-5-5', thinking: { type: 'between_tools' } },
    { model: 'claude-3-5-haiku-20241022', temperature: 0.5, top_p: 0.5 },
    { messages: [hello, assistant(text('So'))] },
    { messages: [hello, hello, assistant(call('a')), user(result('a'), text('Go on.'))] },
    {
      messages: [hello, assistant({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} })],
      model: 'claude-opus-4-8',
    },
    { system: [text('a', mark('1h'))], messages: [user(text('b', mark()))] },
    { max_tokens: 0 },
  ])('take what the service takes: %j', (fields) => {
    expect(refusal(request(fields))).toBeUndefined()
  })
})
