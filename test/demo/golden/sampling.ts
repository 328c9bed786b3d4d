// What the rules of `demo/anthropic/rules/sampling.ts` say, word for word.
import { budget, fable, type Golden } from '../requests.ts'

const guide = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking'

export const sampling: readonly Golden[] = [
  {
    rule: 'max_tokens above the model',
    fields: { max_tokens: 64_001 },
    message: 'max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5',
  },
  {
    rule: 'max_tokens 0 only fills the cache',
    fields: { max_tokens: 0, stream: true },
    message: 'max_tokens: 0 is not allowed with stream: true',
  },
  {
    rule: 'stop_sequences need a visible character',
    fields: { stop_sequences: ['END', '\n'] },
    message: 'stop_sequences: each stop sequence must contain non-whitespace',
  },
  {
    rule: 'model without sampling',
    fields: { ...fable, temperature: 0.5 },
    message: '`temperature` is deprecated for this model.',
  },
  {
    rule: 'model without sampling',
    fields: { ...fable, top_k: 5 },
    message: '`top_k` is deprecated for this model.',
  },
  {
    rule: 'temperature together with top_p',
    fields: { temperature: 0.5, top_p: 0.9 },
    message: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  },
  {
    rule: 'temperature while thinking',
    fields: { ...budget, temperature: 0.5 },
    message: `\`temperature\` may only be set to 1 when thinking is enabled. Please consult our documentation at ${guide}#important-considerations-when-using-extended-thinking`,
  },
  {
    rule: 'top_p while thinking',
    fields: { ...budget, top_p: 0.9 },
    message: '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.',
  },
  {
    rule: 'top_k while thinking',
    fields: { ...budget, top_k: 5 },
    message: '`top_k` must be unset when thinking is enabled.',
  },
]
