// What a list tells of a model: what has the right form is passed on, and nothing is made up.
import { describe, expect, it } from 'vitest'
import { abilities, flagsIn } from '../../src/hub/models.ts'
import { providers } from '../../src/providers/index.ts'

describe('abilities', () => {
  it('are those that are told', () => {
    const told = { display_name: 'M 1', context_length: 1000, max_output_tokens: 10 }
    expect(abilities({ ...told, input_modalities: ['TEXT', 7], output_modalities: [], features: ['tools'] })).toEqual({
      ...told,
      input_modalities: ['text'],
      features: ['tools'],
    })
  })

  it.each([[{}], [{ display_name: '', context_length: 0, max_output_tokens: '10', features: 'tools' }]])(
    'are none in %j',
    (told) => expect(abilities(told)).toEqual({}),
  )
})

it.each([
  [
    { vision: true, audio: false, thinking: { supported: true, types: {} }, batch: { supported: false } },
    ['vision', 'thinking'],
  ],
  [null, []],
  [['vision'], []],
  ['vision', []],
])('flags of %j are %j', (value, flags) => expect(flagsIn(value)).toEqual(flags))

describe.each([
  [
    'gemini',
    {
      models: [
        {
          name: 'models/g',
          displayName: 'G',
          inputTokenLimit: 9,
          outputTokenLimit: 5,
          supportedGenerationMethods: ['embedContent'],
        },
      ],
    },
    { id: 'g', display_name: 'G', context_length: 9, max_output_tokens: 5, features: ['embedcontent'] },
  ],
  [
    'anthropic',
    {
      data: [
        {
          id: 'c',
          display_name: 'C',
          max_input_tokens: 9,
          max_tokens: 5,
          capabilities: { batch: { supported: true } },
        },
      ],
    },
    { id: 'c', display_name: 'C', context_length: 9, max_output_tokens: 5, features: ['batch'] },
  ],
  [
    'openrouter',
    {
      data: [
        {
          id: 'o',
          name: 'O',
          context_length: 9,
          architecture: { input_modalities: ['text'], output_modalities: ['image'] },
          supported_parameters: ['tools'],
        },
      ],
    },
    {
      id: 'o',
      display_name: 'O',
      context_length: 9,
      input_modalities: ['text'],
      output_modalities: ['image'],
      features: ['tools'],
    },
  ],
  [
    'compactifai',
    { data: [{ id: 'x', supports_responses: true, supports_audio: false }] },
    { id: 'x', features: ['responses'] },
  ],
  ['vllm', { data: [{ id: 'v', max_model_len: 4096 }] }, { id: 'v', context_length: 4096 }],
  [
    'mistral',
    { data: [{ id: 'm', name: 'm', max_context_length: 9, capabilities: { vision: true, ocr: false } }] },
    { id: 'm', context_length: 9, features: ['vision'] },
  ],
  [
    'groq',
    { data: [{ id: 'q', context_window: 9, max_completion_tokens: 5 }] },
    { id: 'q', context_length: 9, max_output_tokens: 5 },
  ],
] as const)('the list of %s', (name, body, expected) => {
  it('is read', () => {
    const [model] = providers.get(name)?.models.read(body).models ?? []
    const { created, owned_by, ...rest } = model ?? { created: undefined, owned_by: undefined }
    expect(rest).toEqual(expected)
    expect([typeof created, typeof owned_by]).toEqual(['number', 'string'])
  })
})
