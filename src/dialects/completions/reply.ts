// A whole reply as a completion: https://platform.openai.com/docs/api-reference/completions/object
import type { FinishReason } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import { type Loss, reportOf } from '../../hub/loss.ts'
import type { Choice, Reply } from '../../hub/reply.ts'
import { NO_USAGE } from '../../hub/usage.ts'
import { type Asked, answerId, askedOf, lossOf } from './answer.ts'
import { lengthOf, logprobsOf } from './logprobs.ts'

/** The reply as a `text_completion` object. */
export function completion(reply: Reply, context: AnswerContext): Record<string, unknown> {
  const { created, report } = context
  const asked = askedOf(context)
  return {
    id: answerId(reply.id, context),
    object: 'text_completion',
    created,
    model: reply.model,
    choices: reply.choices.map((choice) => choiceOf(choice, asked)),
    usage: reply.usage ?? NO_USAGE,
    ...(reply.fingerprint !== undefined && { system_fingerprint: reply.fingerprint }),
    ...(report && { dragoman: reportOf([...report, ...reply.losses, ...reply.choices.flatMap(lossesOf)]) }),
  }
}

/** Completions know no calls: what ends in one ends. */
export function finishName(reason: FinishReason): string {
  return reason === 'tool_calls' ? 'stop' : reason
}

function choiceOf(choice: Choice, { promptOf, echoes, echoed }: Asked): Record<string, unknown> {
  const { index, blocks, refusal, logprobs, finish } = choice
  const said = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
  const prompt = promptOf(index)
  return {
    text: `${echoes ? prompt : ''}${said}${refusal}`,
    index,
    logprobs: logprobs.length > 0 ? logprobsOf(logprobs, echoed ? 0 : lengthOf(prompt)) : null,
    finish_reason: finishName(finish ?? 'stop'),
  }
}

function lossesOf({ index, blocks, citations, images }: Choice): Loss[] {
  const types = new Set(blocks.map(({ type }) => type))
  return [
    ...(types.has('reasoning') ? [lossOf({ type: 'reasoning', choice: index })] : []),
    ...(types.has('tool') ? [lossOf({ type: 'tool', choice: index })] : []),
    ...(citations.length > 0 ? [lossOf({ type: 'citation', choice: index })] : []),
    ...(images.length > 0 ? [lossOf({ type: 'image', choice: index })] : []),
  ]
}
