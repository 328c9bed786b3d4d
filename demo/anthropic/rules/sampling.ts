// `max_tokens`, `stop_sequences` and the sampling parameters: which model takes what. Cites: Messages request; Models.
import { formatOf } from '../wire.ts'
import { forcesTool, type Rule, thinks } from './rule.ts'

const guide = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking'

export const sampling: readonly Rule[] = [
  {
    name: 'max_tokens above the model',
    cites: 'Messages request, max_tokens; Models, max out',
    refuse: ({ body, model }) =>
      body.max_tokens > model.maxTokens
        ? `max_tokens: ${body.max_tokens} > ${model.maxTokens}, which is the maximum allowed number of output tokens for ${body.model}`
        : undefined,
  },
  {
    name: 'max_tokens 0 only fills the cache',
    cites: 'Messages request, max_tokens',
    refuse: ({ body }) => {
      if (body.max_tokens !== 0) return undefined
      if (body.stream) return 'max_tokens: 0 is not allowed with stream: true'
      if (body.thinking?.type === 'enabled') return 'max_tokens: 0 is not allowed with thinking.type "enabled"'
      if (formatOf(body)) return 'max_tokens: 0 is not allowed with output_config.format'
      return forcesTool(body) ? 'max_tokens: 0 is not allowed with a forced tool_choice' : undefined
    },
  },
  {
    name: 'stop_sequences need a visible character',
    cites: 'Messages request, stop_sequences',
    refuse: ({ body }) =>
      body.stop_sequences?.some((stop) => stop.trim() === '')
        ? 'stop_sequences: each stop sequence must contain non-whitespace'
        : undefined,
  },
  {
    name: 'model without sampling',
    cites: 'Models, Sampling',
    refuse: ({ body, model }) => {
      if (model.sampling) return undefined
      const { temperature = 1, top_p = 1, top_k } = body
      const refused =
        temperature !== 1 ? 'temperature' : top_p < 0.99 ? 'top_p' : top_k === undefined ? undefined : 'top_k'
      return refused && `\`${refused}\` is deprecated for this model.`
    },
  },
  {
    name: 'temperature together with top_p',
    cites: 'Models, temperature together with top_p',
    refuse: ({ body, model }) =>
      body.temperature !== undefined && body.top_p !== undefined && model.eitherSampling
        ? '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
        : undefined,
  },
  {
    name: 'temperature while thinking',
    cites: 'Thinking, with thinking on',
    refuse: (request) =>
      thinks(request) && (request.body.temperature ?? 1) !== 1
        ? `\`temperature\` may only be set to 1 when thinking is enabled. Please consult our documentation at ${guide}#important-considerations-when-using-extended-thinking`
        : undefined,
  },
  {
    name: 'top_p while thinking',
    cites: 'Thinking, with thinking on',
    refuse: (request) =>
      thinks(request) && (request.body.top_p ?? 1) < 0.95
        ? '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.'
        : undefined,
  },
  {
    name: 'top_k while thinking',
    cites: 'Thinking, with thinking on',
    refuse: (request) =>
      thinks(request) && request.body.top_k !== undefined
        ? '`top_k` must be unset when thinking is enabled.'
        : undefined,
  },
]
