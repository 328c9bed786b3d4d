// Thinking, effort and forced tools: what each model family allows. Cites: Thinking; Models.
// https://docs.claude.com/en/docs/build-with-claude/extended-thinking
import type { Model } from '../models.ts'
import { blocksOf, type Message } from '../wire.ts'
import { forcesTool, type Rule, thinks } from './rule.ts'

const guide = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking'
const INTERLEAVED = 'interleaved-thinking-2025-05-14'
const WAY_OUT = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'

/** Why a model does not take a `thinking.type`, in the words it uses. */
function unsupported(type: string, model: Model): string {
  if (type === 'adaptive') return 'adaptive thinking is not supported on this model'
  if (type === 'disabled' && model.thinking.includes('between_tools')) {
    return 'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}. The model does not think before responding.'
  }
  const text = `"thinking.type.${type}" is not supported for this model.`
  return model.thinking.includes('adaptive') && type !== 'between_tools' ? `${text} ${WAY_OUT}` : text
}

/** Index of the assistant message whose tool calls the end of the conversation answers, or −1. */
function openLoop(messages: readonly Message[]): number {
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  if (last < 0) return -1
  const calls = blocksOf(messages[last]?.content).some(({ type }) => type === 'tool_use')
  return calls ? last : -1
}

export const thinking: readonly Rule[] = [
  {
    name: 'thinking type of the model',
    cites: 'Thinking, types by model',
    refuse: ({ body, model }) =>
      body.thinking && !model.thinking.includes(body.thinking.type)
        ? unsupported(body.thinking.type, model)
        : undefined,
  },
  {
    name: 'budget below max_tokens',
    cites: 'Thinking, budget_tokens',
    refuse: ({ body: { thinking, max_tokens: limit }, betas }) =>
      // Between calls of tools the budget spans several answers, so there it may be larger than one.
      thinking?.type === 'enabled' && limit > 0 && (thinking.budget_tokens ?? 0) >= limit && !betas.has(INTERLEAVED)
        ? `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. Please consult our documentation at ${guide}#max-tokens-and-context-window-size`
        : undefined,
  },
  {
    name: 'thinking updates need a beta',
    cites: 'Thinking, display',
    refuse: ({ body, betas }) =>
      body.thinking?.display === 'updates' && ![...betas].some((beta) => beta.startsWith('thinking-display-updates'))
        ? `thinking.${body.thinking.type}.display: Input should be 'summarized' or 'omitted'`
        : undefined,
  },
  {
    name: 'effort of the model',
    cites: 'Models, Effort',
    refuse: ({ body, model }) => {
      const effort = body.output_config?.effort
      if (!effort) return undefined
      if (model.effort.length === 0) return 'This model does not support the effort parameter.'
      return model.effort.some((level) => level === effort)
        ? undefined
        : `output_config.effort: effort "${effort}" is not supported for this model. Supported levels: ${model.effort.join(', ')}.`
    },
  },
  {
    name: 'quiet thinking goes with effort up to high',
    cites: 'Thinking, disabled and between_tools',
    refuse: ({ body, model }) => {
      const effort = body.output_config?.effort
      const type = body.thinking?.type
      if (!type || !model.quietUpToHigh.includes(type) || (effort !== 'xhigh' && effort !== 'max')) return undefined
      return `"thinking.type.${type}" is not supported with effort "${effort}" on this model. Use effort "high" or lower.`
    },
  },
  {
    name: 'forced tool while thinking by budget',
    cites: 'Tools, tool_choice any and tool',
    refuse: ({ body }) =>
      body.thinking?.type === 'enabled' && forcesTool(body)
        ? 'Thinking may not be enabled when tool_choice forces tool use.'
        : undefined,
  },
  {
    name: 'forced tool on a model without it',
    cites: 'Tools, tool_choice any and tool',
    refuse: ({ body, model }) =>
      forcesTool(body) && !model.forcedTool
        ? 'tool_choice: type "tool" and "any" are not supported for this model.'
        : undefined,
  },
  {
    name: 'tool loop keeps its thinking',
    cites: 'Thinking, in a tool loop',
    refuse: ({ body }) => {
      if (body.thinking?.type !== 'enabled') return undefined
      const at = openLoop(body.messages)
      const first = at < 0 ? undefined : blocksOf(body.messages[at]?.content)[0]?.type
      if (first === undefined || first === 'thinking' || first === 'redacted_thinking') return undefined
      return `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at ${guide}`
    },
  },
  {
    name: 'prefill while thinking',
    cites: 'Models, Prefill; Thinking, with thinking on',
    refuse: (request) => {
      const { messages } = request.body
      const last = messages.at(-1)
      if (!request.model.prefill || !thinks(request) || last?.role !== 'assistant') return undefined
      const first = blocksOf(last.content)[0]?.type ?? 'text'
      if (first === 'thinking' || first === 'redacted_thinking') return undefined
      return `messages.${messages.length - 1}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block. Please consult our documentation at ${guide}`
    },
  },
]
