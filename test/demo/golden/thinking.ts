// What the rules of `demo/anthropic/rules/thinking.ts` say, word for word.
import { assistant, budget, call, fable, find, type Golden, hello, result, text, user } from '../requests.ts'

const guide = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking'

export const thinking: readonly Golden[] = [
  {
    rule: 'thinking type of the model',
    fields: { model: 'claude-opus-4-7', ...budget },
    message:
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    rule: 'thinking type of the model',
    fields: { model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } },
    message: 'adaptive thinking is not supported on this model',
  },
  {
    rule: 'thinking type of the model',
    fields: { ...fable, thinking: { type: 'disabled' } },
    message:
      '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    rule: 'thinking type of the model',
    fields: { model: 'claude-sonnet-5-5', thinking: { type: 'disabled' } },
    message:
      'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}. The model does not think before responding.',
  },
  {
    rule: 'budget below max_tokens',
    fields: { ...budget, max_tokens: 1024 },
    message: `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. Please consult our documentation at ${guide}#max-tokens-and-context-window-size`,
  },
  {
    rule: 'thinking updates need a beta',
    fields: { model: 'claude-opus-4-8', thinking: { type: 'adaptive', display: 'updates' } },
    message: "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
  },
  {
    rule: 'effort of the model',
    fields: { output_config: { effort: 'low' } },
    message: 'This model does not support the effort parameter.',
  },
  {
    rule: 'effort of the model',
    fields: { model: 'claude-opus-4-5', output_config: { effort: 'max' } },
    message: 'output_config.effort: effort "max" is not supported for this model. Supported levels: low, medium, high.',
  },
  {
    rule: 'quiet thinking goes with effort up to high',
    fields: { model: 'claude-opus-5', thinking: { type: 'disabled' }, output_config: { effort: 'max' } },
    message: '"thinking.type.disabled" is not supported with effort "max" on this model. Use effort "high" or lower.',
  },
  {
    rule: 'forced tool while thinking by budget',
    fields: { ...budget, tools: [find], tool_choice: { type: 'any' } },
    message: 'Thinking may not be enabled when tool_choice forces tool use.',
  },
  {
    rule: 'forced tool on a model without it',
    fields: { ...fable, tools: [find], tool_choice: { type: 'tool', name: 'find' } },
    message: 'tool_choice: type "tool" and "any" are not supported for this model.',
  },
  {
    rule: 'tool loop keeps its thinking',
    fields: { ...budget, messages: [hello, assistant(call('a')), user(result('a'))] },
    message: `messages.1.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`tool_use\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at ${guide}`,
  },
  {
    rule: 'prefill while thinking',
    fields: { ...budget, messages: [hello, assistant(text('So'))] },
    message: `messages.1.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`text\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block. Please consult our documentation at ${guide}`,
  },
]
