// Which model takes what, by every spelling of its name.
import { describe, expect, it } from 'vitest'
import { type Model, modelOf } from '../../../src/providers/bedrock/models.ts'

describe('what a model takes', () => {
  it.each<[string, Partial<Model>]>([
    ['anthropic.claude-3-5-haiku-20241022-v1:0', { maxOutput: 8192, thinking: 'none', replays: false, hour: false }],
    ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', { thinking: 'budget', replays: true, structured: false }],
    ['eu.anthropic.claude-sonnet-4-20250514-v1:0', { thinking: 'budget', hour: false, single: false }],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', { thinking: 'budget', structured: true, hour: true }],
    ['jp.anthropic.claude-sonnet-4-6', { thinking: 'adaptive', structured: true, forces: true }],
    ['au.anthropic.claude-opus-4-8', { sampling: 'none', structured: false }],
    ['us.anthropic.claude-sonnet-5', { sampling: 'none', structured: false, forces: true }],
    ['us.anthropic.claude-fable-5', { thinking: 'always', structured: false, forces: false }],
    ['us.anthropic.claude-opus-5-5', { structured: true, forces: false }],
    ['anthropic.claude-v2:1', { tools: false, thinking: 'none', caches: undefined }],
    ['anthropic.claude-3-haiku-20240307-v1:0', { tools: true, caches: undefined }],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', { caches: undefined }],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', { caches: 'everywhere' }],
    ['anthropic.claude-instant-v1', { tools: false }],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0', { structured: true }],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1',
      { thinking: 'adaptive', maxOutput: 128_000 },
    ],
    ['apac.amazon.nova-pro-v1:0', { topK: 'topK', caches: 'messages', prefills: true }],
    ['us.amazon.nova-2-lite-v1:0', { thinkingBy: 'reasoningConfig', prefills: false }],
    ['amazon.titan-text-lite-v1', { tools: false, prompts: false }],
    ['cohere.command-text-v14', { tools: false, prompts: false }],
    ['cohere.command-r-plus-v1:0', { tools: true, topK: 'k', forces: false }],
    ['mistral.mixtral-8x7b-instruct-v0:1', { tools: false, prompts: false }],
    ['mistral.mistral-large-2402-v1:0', { nineIds: true, forces: true, names: false, structured: false }],
    ['mistral.mistral-large-3-675b-instruct', { nineIds: true, structured: true }],
    ['mistral.magistral-small-2509', { structured: true }],
    ['us.mistral.pixtral-large-2502-v1:0', { nineIds: true, structured: false }],
    ['meta.llama3-8b-instruct-v1:0', { tools: false }],
    ['us.meta.llama3-2-3b-instruct-v1:0', { tools: false }],
    ['us.meta.llama3-2-90b-instruct-v1:0', { tools: true, forces: false }],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', { tools: true, forces: false }],
    ['openai.gpt-oss-20b-1:0', { thinkingBy: 'reasoning_effort', stops: false, structured: true }],
    ['qwen.qwen3-32b-v1:0', { thinkingBy: 'reasoning_config', stops: false }],
    ['us.deepseek.r1-v1:0', { tools: false }],
    ['deepseek.v3-v1:0', { tools: true, structured: true }],
    ['moonshot.kimi-k2-thinking', { structured: true, replays: false }],
    ['ai21.jamba-1-5-large-v1:0', { tools: true }],
    ['ai21.jamba-instruct-v1:0', { tools: false }],
    ['ai21.j2-ultra-v1', { prompts: false }],
    [
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3',
      { forces: true, replays: true, maxOutput: undefined, thinkingBy: undefined },
    ],
    ['arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine', { tools: true, hears: true }],
    ['writer.palmyra-x5-v1:0', { tools: true, forces: true, caches: undefined, replays: false, hears: true }],
  ])('%s', (id, traits) => {
    expect(modelOf(id)).toMatchObject(traits)
  })
})
