// A completion request in the hub: what each field becomes, for a provider that knows conversations, one that goes on with
// a text, and one that has the endpoint itself.
import { describe, expect, it } from 'vitest'
import { completionRequest } from '../../../schemas/completions.ts'
import { completions } from '../../../src/dialects/index.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import type { ChatProvider } from '../../../src/hub/provider.ts'
import type { ChatRequest } from '../../../src/hub/request.ts'
import { providers } from '../../../src/providers/index.ts'

const table = (name: string) => {
  const chat = providers.get(name)?.chat
  if (!chat) throw new Error('There is no such provider.')
  return chat
}
const CONVERSES = table('anthropic')
const GOES_ON: ChatProvider = { ...CONVERSES, completes: 'text' }
const NATIVE = table('vllm')

const ask = (fields: object): ChatRequest => completions.read({ model: 'm', prompt: 'Once', ...fields })
function translated(fields: object, to: ChatProvider = CONVERSES): ChatRequest {
  const request = ask(fields).origin?.translate?.(to)
  if (!request) throw new Error('Nothing was translated.')
  return request
}
const lossesOf = (request: ChatRequest) => request.origin?.losses.map(({ path, kind }) => `${path} ${kind}`)
const failing = (work: () => unknown) => {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return [thrown.status, thrown.body.code, thrown.body.param]
    throw thrown
  }
  return 'nothing was refused'
}

describe('for a model that converses', () => {
  it('is a message, of as few tokens as OpenAI writes, and that is told', () => {
    const request = translated({})
    expect(request.fields).toEqual({
      model: 'm',
      max_completion_tokens: 16,
      messages: [{ role: 'user', content: 'Once' }],
    })
    expect(request.prompt).toBeUndefined()
    expect(lossesOf(request)).toEqual(['prompt emulated'])
  })

  it('passes what chat has as well, without what is the default', () => {
    const fields = {
      max_tokens: 5,
      temperature: 0.5,
      top_p: 1,
      stop: ['.'],
      seed: 7,
      user: 'u',
      n: 2,
      frequency_penalty: 1,
    }
    const { fields: sent } = translated({ ...fields, presence_penalty: 0, logit_bias: { 5: 1 }, logprobs: 3 })
    expect(sent).toMatchObject({ max_completion_tokens: 5, temperature: 0.5, stop: ['.'], seed: 7, user: 'u', n: 2 })
    expect(sent).toMatchObject({ frequency_penalty: 1, logit_bias: { 5: 1 }, logprobs: true, top_logprobs: 3 })
    expect(Object.keys(sent)).not.toContain('top_p')
    expect(Object.keys(sent)).not.toContain('presence_penalty')
  })

  it('asks for no alternatives where none are wanted', () => {
    expect(translated({ logprobs: 0 }).fields).toMatchObject({ logprobs: true })
    expect(translated({ logprobs: 0 }).fields.top_logprobs).toBeUndefined()
  })

  it.each([
    [{ echo: true }, ['prompt emulated', 'echo emulated']],
    [{ echo: false }, ['prompt emulated']],
    [{ best_of: 3 }, ['prompt emulated', 'best_of dropped']],
    [{ best_of: 2, n: 2 }, ['prompt emulated']],
    [{ suffix: '' }, ['prompt emulated']],
  ])('of %j tells %j', (fields, losses) => {
    expect(lossesOf(translated(fields))?.sort()).toEqual([...losses].sort())
  })

  it.each([
    [{ suffix: 'The end.' }, [400, 'unsupported_parameter', 'suffix']],
    [{ prompt: [1, 2] }, [400, 'invalid_type', 'prompt']],
    [{ prompt: [[1, 2], [3]] }, [400, 'invalid_type', 'prompt']],
    [{ prompt: null }, [400, 'missing_required_parameter', 'prompt']],
    [{ max_tokens: 0 }, [400, 'integer_below_min_value', 'max_tokens']],
  ])('refuses %j', (fields, refusal) => {
    expect(failing(() => translated(fields))).toEqual(refusal)
  })

  it('is one request for each prompt and choice, in order', () => {
    const { several } = translated({ prompt: ['One', 'Two'], n: 2 })
    expect(several?.map(({ fields }) => fields.messages[0]?.content)).toEqual(['One', 'One', 'Two', 'Two'])
    expect(several?.every(({ fields }) => fields.n === undefined)).toBe(true)
  })

  it('keeps what OpenAI does not know for those who do', () => {
    expect(translated({ top_k: 3, min_p: 0.1 })).toMatchObject({ fields: { top_k: 3 }, extras: { min_p: 0.1 } })
  })
})

describe('for one that goes on with a text', () => {
  it('is that text', () => {
    const request = translated({ echo: true }, GOES_ON)
    expect(request).toMatchObject({ prompt: 'Once', fields: { max_completion_tokens: 16 } })
    expect(lossesOf(request)).toEqual(['echo emulated'])
  })

  it('is one request for each text', () => {
    expect(translated({ prompt: ['One', 'Two'] }, GOES_ON).several?.map(({ prompt }) => prompt)).toEqual(['One', 'Two'])
  })
})

describe('for one that has the endpoint itself', () => {
  it('is whole, and loses nothing', () => {
    const fields = { prompt: ['One', 'Two'], echo: true, suffix: 'The end.', best_of: 3, logprobs: 2, max_tokens: 0 }
    const request = translated(fields, NATIVE)
    expect(request).toMatchObject({
      prompt: ['One', 'Two'],
      extras: { echo: true, suffix: 'The end.', best_of: 3 },
      fields: { logprobs: true, top_logprobs: 2, max_completion_tokens: 0 },
    })
    expect(request.several).toBeUndefined()
    expect(lossesOf(request)).toEqual([])
  })

  it.each([[[1, 2]], [[[1, 2], [3]]], ['Once']])('takes the prompt %j as it is', (prompt) => {
    expect(translated({ prompt }, NATIVE).prompt).toEqual(prompt)
  })

  it('is sent prompt by prompt where each choice is a call of its own', () => {
    const own = { ...table('cohere').table.fields }
    const to: ChatProvider = { ...NATIVE, table: { ...NATIVE.table, fields: { ...NATIVE.table.fields, n: own.n } } }
    expect(own.n.kind).toBe('emulated')
    const { several } = translated({ prompt: [[1], [2]], n: 2 }, to)
    expect(several?.map(({ prompt }) => prompt)).toEqual([[1], [1], [2], [2]])
  })
})

describe('whoever answers', () => {
  it.each([
    [null, [400, 'invalid_type', null]],
    [[], [400, 'invalid_type', null]],
    [{ prompt: 'x' }, [400, 'missing_required_parameter', 'model']],
    [{ model: 'm', prompt: 7 }, [400, 'invalid_type', 'prompt']],
    [{ model: 'm', prompt: [] }, [400, 'empty_array', 'prompt']],
    [{ model: 'm', prompt: 'x', logprobs: true }, [400, 'invalid_type', 'logprobs']],
    [{ model: 'm', prompt: 'x', logprobs: 6 }, [400, 'integer_above_max_value', 'logprobs']],
    [{ model: 'm', prompt: 'x', temperature: 3 }, [400, 'decimal_above_max_value', 'temperature']],
    [{ model: 'm', prompt: 'x', best_of: 1, n: 2 }, [400, null, 'best_of']],
    [{ model: 'm', prompt: 'x', best_of: 2, stream: true }, [400, null, 'best_of']],
    [{ model: 'm', prompt: 'x', stream_options: {} }, [400, null, 'stream_options']],
  ])('%j is refused as OpenAI refuses it', (body, refusal) => {
    expect(failing(() => completions.read(body))).toEqual(refusal)
  })

  it('fields are told by their own names', () => {
    const { pathOf, knows } = ask({}).origin ?? {}
    const told = ['messages', 'messages[0].content', 'max_completion_tokens', 'top_logprobs', 'stop', 'seed']
    expect(told.map((path) => pathOf?.(path))).toEqual(['prompt', 'prompt', 'max_tokens', 'logprobs', 'stop', 'seed'])
    expect([knows?.('echo'), knows?.('my_secret')]).toEqual([true, false])
  })

  it('has a row for every field', () => {
    expect(Object.keys(completions.table ?? {}).sort()).toEqual(Object.keys(completionRequest.def.shape).sort())
  })
})
