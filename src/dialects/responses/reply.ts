// A whole reply as a response: https://platform.openai.com/docs/api-reference/responses/object
import type { Delta, TokenLogprob } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import { type Choice, type Reply, replay } from '../../hub/reply.ts'
import { ResponsesRenderer } from './stream.ts'

/** The reply as a `response` object, once it is kept where it is to be. */
export async function responseObject(reply: Reply, context: AnswerContext): Promise<Record<string, unknown>> {
  const renderer = new ResponsesRenderer(context, true)
  for (const loss of reply.losses) renderer.render([{ type: 'loss', loss }])
  for (const choice of reply.choices.slice(0, 1)) renderer.render([...deltasOf(reply, choice)])
  if (reply.usage) renderer.render([{ type: 'usage', usage: reply.usage }])
  renderer.end()
  return renderer.whole()
}

/** The deltas of a choice, each token's likelihood with the text that it is of. */
function* deltasOf(reply: Reply, choice: Choice): Generator<Delta> {
  const tokens = [...choice.logprobs]
  for (const delta of replay({ ...reply, losses: [], usage: undefined, choices: [{ ...choice, logprobs: [] }] })) {
    yield delta
    if (delta.type !== 'text' || tokens.length === 0) continue
    const own = tokensOf(delta.text, tokens)
    if (own.length > 0) yield { type: 'logprobs', tokens: own }
  }
}

/** Takes so many tokens as make the text. */
function tokensOf(text: string, tokens: TokenLogprob[]): TokenLogprob[] {
  let length = 0
  let count = 0
  while (length < text.length && count < tokens.length) length += tokens[count++]?.token.length ?? 0
  return tokens.splice(0, count)
}
