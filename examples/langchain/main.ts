// LangChain for JavaScript. https://docs.langchain.com/oss/javascript
//
// What changes against OpenAI: `configuration.baseURL`, `apiKey` and the model's name.
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, tool } from 'langchain'
import { z } from 'zod'

const { DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1', DRAGOMAN_KEY = '', DRAGOMAN_MODEL = 'demo' } = process.env

const model = new ChatOpenAI({
  model: DRAGOMAN_MODEL,
  apiKey: DRAGOMAN_KEY,
  configuration: { baseURL: DRAGOMAN_BASE_URL },
})

const answer = await model.invoke('Hello!')
console.log('chat:', answer.text)

process.stdout.write('stream: ')
for await (const chunk of await model.stream('Count to three.')) process.stdout.write(chunk.text)
process.stdout.write('\n')

const weather = tool(
  ({ city }) => {
    console.log(`called: weather(${city})`)
    return 'Sunny, 21 degrees.'
  },
  { name: 'weather', description: 'The weather in a city.', schema: z.object({ city: z.string() }) },
)
const agent = createAgent({ model, tools: [weather] })
const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'What is the weather in Paris?' }] })
console.log('tool:', messages.at(-1)?.text)

// A name that LangChain does not know makes it put the schema into a tool; every provider behind Dragoman knows schemas.
const people = model.withStructuredOutput(z.object({ name: z.string(), age: z.number().int() }), {
  method: 'jsonSchema',
})
console.log('object:', JSON.stringify(await people.invoke('Ada is 36 years old.')))
