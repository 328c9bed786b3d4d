// OpenAI's Chat Completions: https://platform.openai.com/docs/api-reference/chat
import { ChoicesTap } from '../../hub/choices-tap.ts'
import type { Dialect } from '../../hub/dialect.ts'
import { chatRequestOf } from '../../hub/request.ts'
import { chatCompletion } from './reply.ts'
import { ChatRenderer } from './stream.ts'

export const chat: Dialect = {
  name: 'chat',
  read: chatRequestOf,
  reply: chatCompletion,
  renderer: (context) => new ChatRenderer(context),
  error: (error) => ({ error: error.body }),
  tap: (request) => new ChoicesTap(request.fields.n ?? 1),
}
