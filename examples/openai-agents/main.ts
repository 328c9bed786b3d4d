// OpenAI's Agents SDK for JavaScript. https://openai.github.io/openai-agents-js
//
// What changes against OpenAI: a provider with an address, and no traces, since those would be sent to OpenAI.
// The SDK speaks Responses unless it is told otherwise; Dragoman takes both, so `useResponses` is yours to choose.
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents'
import { z } from 'zod'

const {
  DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1',
  DRAGOMAN_KEY = '',
  DRAGOMAN_MODEL: model = 'demo',
  DRAGOMAN_RESPONSES,
} = process.env

const runner = new Runner({
  modelProvider: new OpenAIProvider({
    baseURL: DRAGOMAN_BASE_URL,
    apiKey: DRAGOMAN_KEY,
    useResponses: DRAGOMAN_RESPONSES === '1',
  }),
  tracingDisabled: true,
})

const agent = new Agent({ name: 'Guide', instructions: 'Be brief.', model })

const { finalOutput } = await runner.run(agent, 'Hello!')
console.log('chat:', finalOutput)

const stream = await runner.run(agent, 'Count to three.', { stream: true })
process.stdout.write('stream: ')
for await (const piece of stream.toTextStream()) process.stdout.write(piece)
await stream.completed
console.log(`\nusage: ${stream.state.usage.totalTokens} tokens`)

const weather = tool({
  name: 'weather',
  description: 'The weather in a city.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    console.log(`called: weather(${city})`)
    return 'Sunny, 21 degrees.'
  },
})
const forecaster = agent.clone({ tools: [weather] })
const told = await runner.run(forecaster, 'What is the weather in Paris?', { stream: true })
await told.completed
console.log('tool:', told.finalOutput)

const registrar = new Agent({
  name: 'Registrar',
  model,
  outputType: z.object({ name: z.string(), age: z.number().int() }),
})
const person = await runner.run(registrar, 'Ada is 36 years old.')
console.log('object:', JSON.stringify(person.finalOutput))
