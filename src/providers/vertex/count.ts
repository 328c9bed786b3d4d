// How long a prompt is, in the format of the publisher whose model it is for.
// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens
import { at, jsonIn } from '../../hub/json.ts'
import type { Account, Call, TokenCount } from '../../hub/provider.ts'
import { counted } from '../gemini/count.ts'
import { modelPath } from './place.ts'
import { routeOf } from './route.ts'

/** What of a request is its prompt. */
const PROMPT = ['messages', 'system', 'tools', 'tool_choice', 'thinking'] as const

export function countTokens(call: Call, name: string, account: Account): TokenCount | undefined {
  const { format, publisher, model } = routeOf(name)
  if (format === 'generate') {
    return counted(call, ({ contents, systemInstruction, tools, generationConfig }) => ({
      contents,
      systemInstruction,
      tools,
      generationConfig,
    }))
  }
  if (format !== 'messages') return undefined
  const body = Object(jsonIn(call.body))
  const prompt = Object.fromEntries(PROMPT.filter((field) => field in body).map((field) => [field, body[field]]))
  return {
    path: modelPath(account, publisher, 'count-tokens', 'rawPredict'),
    body: JSON.stringify({ anthropic_version: body.anthropic_version, model, ...prompt }),
    read: (answer) => at(answer, 'input_tokens'),
  }
}
