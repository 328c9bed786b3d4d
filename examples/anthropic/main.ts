// Anthropic's own SDK for TypeScript, for any provider. https://github.com/anthropics/anthropic-sdk-typescript
//
// What changes against Anthropic: `baseURL`, which has no /v1 at its end here, the key and the model's name. Behind Claude
// the bytes pass as they are; behind everybody else the Messages API is translated.
import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'

const { DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1', DRAGOMAN_KEY, DRAGOMAN_MODEL: model = 'demo' } = process.env

const client = new Anthropic({ baseURL: DRAGOMAN_BASE_URL.replace(/\/v1\/?$/, ''), apiKey: DRAGOMAN_KEY })
const max_tokens = 1024

const answer = await client.messages.create({ model, max_tokens, messages: [{ role: 'user', content: 'Hello!' }] })
console.log('chat:', answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''))

process.stdout.write('stream: ')
const stream = client.messages
  .stream({ model, max_tokens, messages: [{ role: 'user', content: 'Count to three.' }] })
  .on('text', (text) => process.stdout.write(text))
const { usage } = await stream.finalMessage()
console.log(`\nusage: ${usage.input_tokens + usage.output_tokens} tokens`)

// The runner calls the function and sends its result back, until there is an answer.
const weather = betaZodTool({
  name: 'weather',
  description: 'The weather in a city.',
  inputSchema: z.object({ city: z.string() }),
  run: ({ city }) => {
    console.log(`called: weather(${city})`)
    return 'Sunny, 21 degrees.'
  },
})
const told = await client.beta.messages.toolRunner({
  model,
  max_tokens,
  tools: [weather],
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
})
console.log('tool:', told.content.map((block) => (block.type === 'text' ? block.text : '')).join(''))

const parsed = await client.messages.parse({
  model,
  max_tokens,
  messages: [{ role: 'user', content: 'Ada is 36 years old.' }],
  output_config: { format: zodOutputFormat(z.object({ name: z.string(), age: z.number().int() })) },
})
console.log('object:', JSON.stringify(parsed.parsed_output))
