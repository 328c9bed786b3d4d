// The table of a service that speaks this very format: every field is its own. Providers like it take this table and
// name what they lack.
import type { ChatFields } from '../../hub/request.ts'
import { type Fields, rows } from '../../hub/support.ts'

const { full } = rows<ChatFields, unknown>()

export const fields: Fields<ChatFields, unknown> = {
  messages: full('messages'),
  model: full('model'),
  audio: full('audio'),
  frequency_penalty: full('frequency_penalty'),
  function_call: full('function_call'),
  functions: full('functions'),
  logit_bias: full('logit_bias'),
  logprobs: full('logprobs'),
  max_completion_tokens: full('max_completion_tokens'),
  max_tokens: full('max_tokens'),
  metadata: full('metadata'),
  modalities: full('modalities'),
  moderation: full('moderation'),
  n: full('n'),
  parallel_tool_calls: full('parallel_tool_calls'),
  prediction: full('prediction'),
  presence_penalty: full('presence_penalty'),
  prompt_cache_key: full('prompt_cache_key'),
  prompt_cache_options: full('prompt_cache_options'),
  prompt_cache_retention: full('prompt_cache_retention'),
  reasoning_effort: full('reasoning_effort'),
  response_format: full('response_format'),
  safety_identifier: full('safety_identifier'),
  seed: full('seed'),
  service_tier: full('service_tier'),
  stop: full('stop'),
  store: full('store'),
  stream: full('stream'),
  stream_options: full('stream_options'),
  temperature: full('temperature'),
  tool_choice: full('tool_choice'),
  tools: full('tools'),
  top_logprobs: full('top_logprobs'),
  top_p: full('top_p'),
  user: full('user'),
  verbosity: full('verbosity'),
  web_search_options: full('web_search_options'),
  // Not OpenAI's, but passed on as they are: the service says itself what it does not know.
  cache_control: full('cache_control'),
  reasoning: full('reasoning'),
  thinking: full('thinking'),
  top_k: full('top_k'),
}
