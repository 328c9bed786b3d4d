// What the rules of `demo/anthropic/rules/calls.ts` say, word for word.
import { assistant, call, type Golden, hello, result, text, user } from '../requests.ts'

export const calls: readonly Golden[] = [
  {
    rule: 'call ids are unique',
    fields: { messages: [hello, assistant(call('a'), call('a')), user(result('a'))] },
    message: 'messages.1.content.1: `tool_use` ids must be unique',
  },
  {
    rule: 'every call has its result',
    fields: { messages: [hello, assistant(call('a'), call('b')), user(result('a'), text('Go on.'), result('b'))] },
    message:
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  },
  {
    rule: 'every result has its call',
    fields: { messages: [hello, assistant(call('a')), user(result('a'), result('b'))] },
    message:
      'messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: b. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
  },
  {
    rule: 'one result a call',
    fields: { messages: [hello, assistant(call('a')), user(result('a'), result('a'))] },
    message:
      'messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: a',
  },
  {
    rule: 'every server result has its call',
    fields: {
      messages: [
        hello,
        assistant({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }, text('x')),
        hello,
      ],
    },
    message:
      'messages.1.content.0: unexpected `tool_use_id` found in `web_search_tool_result` blocks: srvtoolu_1. Each `web_search_tool_result` block must have a corresponding `server_tool_use` block before it.',
  },
]
