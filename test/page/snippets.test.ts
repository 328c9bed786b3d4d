// The same call as a program: the key's name is in it, quotes and line ends hold, and fields that a client does not know
// are sent all the same. That the programs run is shown in a browser (test/browser).
import { expect, test } from 'vitest'
import { chat } from '../../page/dialects/chat.ts'
import { LANGUAGES } from '../../page/snippets.ts'

const snippet = {
  dialect: chat,
  origin: 'https://api.example.com',
  body: {
    model: 'a/b',
    stream: false,
    seed: null,
    top_k: 5,
    messages: [{ role: 'user', content: 'It\'s "so"\nJSON\n$HOME' }],
    tools: [],
  },
  headers: { 'dragoman-report': '?1' },
}

test('curl', () => {
  expect(LANGUAGES.curl(snippet)).toBe(`curl -s https://api.example.com/v1/chat/completions \\
  -H "authorization: Bearer $DRAGOMAN_KEY" \\
  -H 'content-type: application/json' \\
  -H 'dragoman-report: ?1' \\
  -d @- <<'JSON'
{
  "model": "a/b",
  "stream": false,
  "seed": null,
  "top_k": 5,
  "messages": [
    {
      "role": "user",
      "content": "It's \\"so\\"\\nJSON\\n$HOME"
    }
  ],
  "tools": []
}
JSON
`)
})

test('Python', () => {
  expect(LANGUAGES.python(snippet)).toBe(`# pip install openai
import os
from openai import OpenAI

client = OpenAI(base_url="https://api.example.com/v1", api_key=os.environ["DRAGOMAN_KEY"])

answer = client.chat.completions.create(
    model="a/b",
    stream=False,
    seed=None,
    messages=[
        {
            "role": "user",
            "content": "It's \\"so\\"\\nJSON\\n$HOME",
        },
    ],
    tools=[],
    extra_body={
        "top_k": 5,
    },
    extra_headers={
        "dragoman-report": "?1",
    },
)
print(answer.choices[0].message.content)
`)
})

test('TypeScript', () => {
  expect(
    LANGUAGES.typescript({ ...snippet, body: { ...snippet.body, stream: true, tools: null } }),
  ).toBe(`// npm install openai
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: 'https://api.example.com/v1', apiKey: process.env.DRAGOMAN_KEY })

const stream = await client.chat.completions.create({
  model: "a/b",
  stream: true,
  seed: null,
  messages: [
    {
      "role": "user",
      "content": "It's \\"so\\"\\nJSON\\n$HOME"
    }
  ],
  tools: null,
  ...{
    "top_k": 5
  },
}, { headers: {
  "dragoman-report": "?1"
} })
for await (const event of stream) {
  process.stdout.write(event.choices[0]?.delta.content ?? '')
}
`)
})
