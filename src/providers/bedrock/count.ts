// How long a prompt is: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
import { at, jsonIn } from '../../hub/json.ts'
import type { Call, TokenCount } from '../../hub/provider.ts'

export function countTokens({ body }: Call, model: string): TokenCount {
  const { messages, system, toolConfig } = Object(jsonIn(body))
  return {
    path: `/model/${encodeURIComponent(model)}/count-tokens`,
    body: JSON.stringify({ input: { converse: { messages, system, toolConfig } } }),
    read: (answer) => at(answer, 'inputTokens'),
  }
}
