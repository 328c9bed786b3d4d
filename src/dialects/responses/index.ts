// OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses, and Open Responses, which is the same for
// everybody: https://www.openresponses.org
import type { Dialect } from '../../hub/dialect.ts'
import { fields } from './fields.ts'
import { responseObject } from './reply.ts'
import { readResponses } from './request.ts'
import { ResponsesRenderer } from './stream.ts'
import { ResponsesTap } from './tap.ts'

export const responses: Dialect = {
  name: 'responses',
  table: fields,
  read: (body) => readResponses(body),
  reply: responseObject,
  renderer: (context) => new ResponsesRenderer(context),
  error: ({ code, body }) => ({
    error: { ...body, param: body.param ?? (code === 'model_not_found' ? 'model' : null) },
  }),
  // A model that is not there is a fault of the request here, and no page that is missing.
  status: ({ code, status }) => (code === 'model_not_found' ? 400 : status),
  tap: () => new ResponsesTap(),
}
