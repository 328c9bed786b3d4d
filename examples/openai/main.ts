// OpenAI's own SDK for TypeScript. https://github.com/openai/openai-node
//
// What changes against OpenAI: `baseURL`, `apiKey` and the model's name. Everything else stays, errors and retries included.
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'

const { DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1', DRAGOMAN_KEY, DRAGOMAN_MODEL: model = 'demo' } = process.env

const client = new OpenAI({ baseURL: DRAGOMAN_BASE_URL, apiKey: DRAGOMAN_KEY })

// A whole answer. What did not arrive as it was sent is named in a header.
const { data: answer, response } = await client.chat.completions
  .create({ model, messages: [{ role: 'user', content: 'Hello!' }], prompt_cache_key: 'examples' })
  .withResponse()
console.log('chat:', answer.choices[0]?.message.content)
console.log(
  'route:',
  response.headers.get('dragoman-route'),
  'lost:',
  response.headers.get('dragoman-loss') ?? 'nothing',
)

// A stream. The last chunk holds the usage.
process.stdout.write('stream: ')
const stream = await client.chat.completions.create({
  model,
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Count to three.' }],
})
for await (const { choices, usage } of stream) {
  process.stdout.write(choices[0]?.delta.content ?? '')
  if (usage) console.log(`\nusage: ${usage.total_tokens} tokens`)
}

// A tool: the SDK calls the function and sends its result back, until there is an answer.
const runner = client.chat.completions.runTools({
  model,
  stream: true,
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'weather',
        description: 'The weather in a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        parse: JSON.parse,
        function: ({ city }: { city: string }) => {
          console.log(`called: weather(${city})`)
          return 'Sunny, 21 degrees.'
        },
      },
    },
  ],
})
console.log('tool:', await runner.finalContent())

// An answer in a form. Providers have this under other names, or as a forced call of a tool.
const Person = z.object({ name: z.string(), age: z.number().int() })
const parsed = await client.chat.completions.parse({
  model,
  messages: [{ role: 'user', content: 'Ada is 36 years old.' }],
  response_format: zodResponseFormat(Person, 'person'),
})
console.log('object:', JSON.stringify(parsed.choices[0]?.message.parsed))
