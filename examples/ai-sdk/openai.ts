// Vercel's AI SDK with its provider for OpenAI, for programs that use that already. https://ai-sdk.dev/providers/ai-sdk-providers/openai
//
// What changes against OpenAI: `createOpenAI` with a `baseURL`. It speaks Responses; `dragoman.chat(name)` speaks chat
// completions. What it knows of models it knows by OpenAI's own names, so main.ts beside this is the better start.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, Output, streamText, tool } from 'ai'
import { z } from 'zod'

const { DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1', DRAGOMAN_KEY = '', DRAGOMAN_MODEL = 'demo' } = process.env

const dragoman = createOpenAI({ name: 'dragoman', baseURL: DRAGOMAN_BASE_URL, apiKey: DRAGOMAN_KEY })
const model = dragoman(DRAGOMAN_MODEL)

const { text } = await generateText({ model, prompt: 'Hello!' })
console.log('chat:', text)

process.stdout.write('stream: ')
const stream = streamText({ model, prompt: 'Count to three.' })
for await (const piece of stream.textStream) process.stdout.write(piece)
console.log(`\nusage: ${(await stream.usage).totalTokens} tokens`)

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    console.log(`called: weather(${city})`)
    return 'Sunny, 21 degrees.'
  },
})
const run = streamText({ model, tools: { weather }, stopWhen: isStepCount(3), prompt: 'What is the weather in Paris?' })
console.log('tool:', await run.text)

const { output } = await generateText({
  model,
  output: Output.object({ schema: z.object({ name: z.string(), age: z.number().int() }) }),
  prompt: 'Ada is 36 years old.',
})
console.log('object:', JSON.stringify(output))
