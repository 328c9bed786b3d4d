// Anthropic's Messages: https://docs.anthropic.com/en/api/messages
import type { Dialect } from '../../hub/dialect.ts'
import { errorOf, statusOf } from './error.ts'
import { fields } from './fields.ts'
import { readCounting, readMessages } from './read.ts'
import { message } from './reply.ts'
import { MessagesRenderer } from './stream.ts'
import { MessagesTap } from './tap.ts'

export const messages: Dialect = {
  name: 'messages',
  table: fields,
  read: readMessages,
  reply: message,
  renderer: (context) => new MessagesRenderer(context),
  passes: ['anthropic-version'],
  error: errorOf,
  status: statusOf,
  tap: () => new MessagesTap(),
}

/** The same of requests that ask only how long their prompt is. */
export const counting = { ...messages, read: readCounting }
