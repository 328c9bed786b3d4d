// What the rules of `demo/anthropic/rules/conversation.ts` say, word for word.
import { assistant, call, type Golden, hello, mark, NEW, result, text, user } from '../requests.ts'

export const conversation: readonly Golden[] = [
  { rule: 'at least one message', fields: { messages: [] }, message: 'messages: at least one message is required' },
  {
    rule: 'system role of the model',
    fields: { messages: [hello, { role: 'system', content: 'x' }] },
    message: "messages.1: role 'system' is not supported on this model",
  },
  {
    rule: 'place of a system message',
    fields: { model: 'claude-opus-4-8', messages: [{ role: 'system', content: 'x' }, hello] },
    message: "messages.0: a message with role 'system' cannot be the first message",
  },
  {
    rule: 'blocks in their role',
    fields: { messages: [user(call('a'))] },
    message: 'messages.0.content.0: `tool_use` blocks can only be in `assistant` messages',
  },
  {
    rule: 'no empty message',
    fields: { messages: [hello, assistant(), hello] },
    message: 'messages.1: all messages must have non-empty content except for the optional final assistant message',
  },
  {
    rule: 'no cache mark on empty text',
    fields: { messages: [user(text('', mark()))] },
    message: 'messages.0.content.0.text: cache_control cannot be set for empty text blocks',
  },
  {
    rule: 'no empty text',
    fields: { messages: [user(text(''))] },
    message: 'messages: text content blocks must be non-empty',
  },
  {
    rule: 'no empty text',
    fields: { messages: [hello, assistant(call('a')), user({ ...result('a'), content: [text('')] })] },
    message: 'messages: text content blocks must be non-empty',
  },
  {
    rule: 'no empty text',
    fields: { messages: [{ role: 'user', content: ' ' }] },
    message: 'messages: text content blocks must contain non-whitespace text',
  },
  {
    rule: 'no empty system',
    fields: { system: [text('')] },
    message: 'system: text content blocks must be non-empty',
  },
  {
    rule: 'prefill of the model',
    fields: { model: 'claude-opus-4-6', messages: [hello, assistant(text('{'))] },
    message: 'This model does not support assistant message prefill. The conversation must end with a user message.',
  },
  {
    rule: 'no trailing whitespace in a prefill',
    fields: { messages: [hello, { role: 'assistant', content: 'So ' }] },
    message: 'messages: final assistant content cannot end with trailing whitespace',
  },
  {
    rule: 'no document from the assistant',
    context: NEW,
    fields: {
      messages: [
        hello,
        assistant({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }),
        hello,
      ],
    },
    message: 'messages.1.content.0: `document` blocks can only be in `user` messages',
  },
  {
    rule: 'no citations from the user',
    context: NEW,
    fields: {
      messages: [
        user(text('x', { citations: [{ type: 'search_result_location', cited_text: 'x', source: 's', title: 't' }] })),
      ],
    },
    message: 'messages.0.content.0.text.citations: Extra inputs are not permitted',
  },
]
