// Alibaba Cloud's Model Studio: https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api
import { asksToThink, enabledThinking, switched } from '../openai-compatible/effort.ts'
import { NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, jsonObject, lacks, plain, saysJson, takes } from '../openai-compatible/rows.ts'

/** They think unless they are told not to. */
const THINKS = /^q[wv]q|thinking|^qwen3-\d+b|^deepseek-r1/i
/** They answer in streams only; those that think by themselves may. */
const STREAMS = /^q[wv]q|omni|^qwen3-\d+b|thinking/i

export const qwen = openaiLike({
  name: 'qwen',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  meters: noMeters,
  fields: {
    ...plain,
    ...takes('parallel_tool_calls'),
    ...lacks('The service penalizes presence only.', 'frequency_penalty'),
    ...lacks('The service names no users.', 'user'),
    ...switched(enabledThinking),
    n: choices,
    response_format: {
      ...jsonObject,
      write: (format, plan, lose) =>
        format.type === 'json_object' ? jsonObject.write(format, plan, lose) : { response_format: format },
    },
  },
  messages: { reasoning: 'reasoning_content', parts: { file: NO_FILES } },
  streams: (model) => STREAMS.test(model),
  choices: (model, request) =>
    (asksToThink(request).on ?? THINKS.test(model)) ? ['none'] : ['none', 'required', 'named'],
  jsonByWord: ({ type }, _model, request) => type === 'json_object' && !saysJson(request),
  answer: { silent: ['request_id'] },
  errors: {
    codes: {
      InvalidApiKey: 'invalid_api_key',
      DataInspectionFailed: 'content_filter',
      data_inspection_failed: 'content_filter',
      Arrearage: 'insufficient_quota',
      'AllocationQuota.FreeTierOnly': 'insufficient_quota',
      'Throttling.RateQuota': 'rate_limit_requests',
      'Throttling.BurstRate': 'rate_limit_requests',
      'Throttling.AllocationQuota': 'rate_limit_tokens',
      Throttling: 'rate_limit',
      limit_requests: 'rate_limit_requests',
      limit_burst_rate: 'rate_limit_requests',
      ModelNotFound: 'model_not_found',
      InvalidParameter: 'invalid_request',
      InternalError: 'server_error',
      RequestTimeOut: 'timeout',
    },
  },
  embeddings: { load: { most: 10 } },
})
