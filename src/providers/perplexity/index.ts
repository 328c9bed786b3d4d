// Perplexity: https://docs.perplexity.ai/api-reference/chat-completions-post
import { at } from '../../hub/json.ts'
import { stopRow } from '../../hub/stop.ts'
import { rejected, rows } from '../../hub/support.ts'
import type { Usage } from '../../hub/usage.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_NAME } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain, takes, where } from '../openai-compatible/rows.ts'
import { alternating, NOTES } from './turns.ts'

const { inert, drop } = rows<Body, Plan>()
const NO_TOOLS = 'The service calls no tools.'
const NO_FORCE = rejected('The service calls no tools, so that none can be demanded.', 'unsupported_parameter')
const NO_FILES = rejected('The service takes text and images only.')

const unforced = ({ choice }: Plan) => choice === undefined || choice === 'auto' || choice === 'none'
const choice = where(inert('There are no tools to choose from.'), unforced, NO_FORCE)

/** The sources of an answer; with their titles, where it has those. */
function sourcesOf(chunk: unknown) {
  const [found, urls]: unknown[] = [at(chunk, 'search_results'), at(chunk, 'citations')]
  const results = Array.isArray(found) ? found : []
  const cited = Array.isArray(urls) && urls.length > 0 ? urls : results
  return cited.flatMap((one: unknown) => {
    const url = typeof one === 'string' ? one : at(one, 'url')
    const title = at(typeof one === 'string' ? results.find((result) => at(result, 'url') === one) : one, 'title')
    return typeof url === 'string' ? [{ url, title: typeof title === 'string' ? title : '' }] : []
  })
}

/** What was thought is counted apart from what was said. */
function withThoughts(usage: Usage): Usage {
  const { reasoning_tokens: thought = 0 } = usage.completion_tokens_details ?? {}
  const { completion_tokens, total_tokens } = usage
  return { ...usage, completion_tokens: completion_tokens + thought, total_tokens: total_tokens + thought }
}

export const perplexity = openaiLike({
  name: 'perplexity',
  baseUrl: 'https://api.perplexity.ai',
  meters: noMeters,
  models: null,
  fields: {
    ...plain,
    ...takes('web_search_options'),
    ...lacks('The service has no seeds.', 'seed'),
    ...lacks('The service tells no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service names no users.', 'user'),
    tools: drop(NO_TOOLS),
    functions: drop(NO_TOOLS),
    parallel_tool_calls: inert('There are no tools to call.'),
    tool_choice: choice,
    function_call: choice,
    n: choices,
    stop: stopRow,
  },
  messages: {
    names: NO_NAME,
    strict: [],
    parts: { input_audio: NO_AUDIO_IN, file: NO_FILES },
    arrange: alternating,
    notes: NOTES,
  },
  // It streams its counts with every chunk, and takes schemas that say what is in an object, but no object of any kind.
  asksNoUsage: true,
  jsonByWord: ({ type }) => type === 'json_object',
  answer: { sources: sourcesOf, usage: withThoughts, silent: ['citations', 'search_results'] },
})
