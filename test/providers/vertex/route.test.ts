// Which publisher's model a name stands for.
import { describe, expect, it } from 'vitest'
import { routeOf } from '../../../src/providers/vertex/route.ts'

describe('a model', () => {
  it.each([
    ['claude-sonnet-4-5@20250929', 'messages', 'anthropic', 'claude-sonnet-4-5@20250929'],
    ['claude-3-5-haiku', 'messages', 'anthropic', 'claude-3-5-haiku'],
    ['anthropic/claude-opus-4-6', 'messages', 'anthropic', 'claude-opus-4-6'],
    ['publishers/anthropic/models/claude-opus-4-6', 'messages', 'anthropic', 'claude-opus-4-6'],
    ['gemini-3-flash', 'generate', 'google', 'gemini-3-flash'],
    ['google/gemini-3-flash', 'generate', 'google', 'gemini-3-flash'],
    ['publishers/google/models/gemini-3-flash', 'generate', 'google', 'gemini-3-flash'],
    ['something-new', 'generate', 'google', 'something-new'],
    ['endpoints/1234567890', 'generate', 'endpoints', '1234567890'],
    ['mistral-medium-3', 'predict', 'mistralai', 'mistral-medium-3'],
    ['codestral-2', 'predict', 'mistralai', 'codestral-2'],
    ['mistralai/mistral-small-2503@001', 'predict', 'mistralai', 'mistral-small-2503@001'],
    ['meta/llama-4-maverick-17b-128e-instruct-maas', 'open', 'meta', 'meta/llama-4-maverick-17b-128e-instruct-maas'],
    ['publishers/xai/models/grok-4', 'open', 'xai', 'xai/grok-4'],
    ['deepseek-ai/deepseek-v3.2-maas', 'open', 'deepseek-ai', 'deepseek-ai/deepseek-v3.2-maas'],
    ['toString/x', 'open', 'toString', 'toString/x'],
    ['/', 'generate', 'google', '/'],
  ])('%s is one in the format %s of %s', (name, format, publisher, model) => {
    expect(routeOf(name)).toEqual({ format, publisher, model })
  })
})
