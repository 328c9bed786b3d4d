// The examples: how each is run, against whom, and what it has to print. The demo upstream answers from the request alone, so
// that all of it is known beforehand.

/** What has to be installed: packages of npm, or those that a file of requirements names. */
export type Need = 'package.json' | 'requirements.txt' | 'requirements-openai-2.txt'

export interface Example {
  readonly name: string
  /** Below `examples/`; what it ends in says what runs it. */
  readonly file: string
  readonly needs?: Need
  /** Lines that have to be there, in any order. */
  readonly prints: readonly RegExp[]
  /** Aliases to leave out, each with a reason. */
  readonly without?: Readonly<Partial<Record<Alias, string>>>
  readonly env?: Readonly<Record<string, string>>
  /** A page and its server, tried in a browser. */
  readonly isPage?: true
}

/** The models an example is run against: two are translated, the last is relayed. */
export const ALIASES = {
  claude: { provider: 'anthropic', model: 'claude-sonnet-4-6' },
  gemini: { provider: 'gemini', model: 'gemini-3-flash-preview' },
  gpt: { provider: 'openai', model: 'gpt-4o' },
} as const

export type Alias = keyof typeof ALIASES

const chat = /^chat: You said: "Hello!"$/m
const stream = /^stream: You said: "Count to three\."$/m
const usage = /^usage: [1-9]\d* tokens$/m
const called = /^called: weather\(city\)$/m
const tool = /^tool: weather answered: .*Sunny, 21 degrees\./m
const object = /^object: \{"name":"name","age":1\}$/m
const nearlyAll = [chat, stream, called, tool, object]
const all = [...nearlyAll, usage]

/** Responses instead of chat completions. What relays them needs a service that has them. */
const RESPONSES = { DRAGOMAN_RESPONSES: '1' }
const ONLY_TRANSLATED = { gpt: 'the demo upstream has no Responses of its own' }

export const EXAMPLES: readonly Example[] = [
  {
    name: 'curl',
    file: 'curl/main.sh',
    prints: [
      /"content":"You said: \\"Hello!\\""/,
      /^data: .*"object":"chat\.completion\.chunk"/m,
      /^data: \[DONE\]$/m,
      /"arguments":"\{\\"city\\":\\"city\\"\}"/,
      /"content":"weather answered: .*Sunny, 21 degrees\./,
    ],
  },
  { name: 'openai (TypeScript)', needs: 'package.json', file: 'openai/main.ts', prints: all },
  { name: 'openai (Python)', needs: 'requirements.txt', file: 'openai/main.py', prints: all },
  { name: 'AI SDK', needs: 'package.json', file: 'ai-sdk/main.ts', prints: all },
  {
    name: 'AI SDK (responses)',
    needs: 'package.json',
    file: 'ai-sdk/openai.ts',
    prints: all,
    without: ONLY_TRANSLATED,
  },
  { name: 'LangChain (JavaScript)', needs: 'package.json', file: 'langchain/main.ts', prints: nearlyAll },
  { name: 'LangChain (Python)', needs: 'requirements.txt', file: 'langchain/main.py', prints: all },
  { name: 'Agents SDK (JavaScript)', needs: 'package.json', file: 'openai-agents/main.ts', prints: all },
  {
    name: 'Agents SDK (JavaScript, responses)',
    needs: 'package.json',
    file: 'openai-agents/main.ts',
    prints: all,
    env: RESPONSES,
    without: ONLY_TRANSLATED,
  },
  { name: 'Agents SDK (Python)', needs: 'requirements.txt', file: 'openai-agents/main.py', prints: all },
  {
    name: 'Agents SDK (Python, responses)',
    needs: 'requirements.txt',
    file: 'openai-agents/main.py',
    prints: all,
    env: RESPONSES,
    without: ONLY_TRANSLATED,
  },
  { name: 'Anthropic SDK (TypeScript)', needs: 'package.json', file: 'anthropic/main.ts', prints: all },
  { name: 'Anthropic SDK (Python)', needs: 'requirements.txt', file: 'anthropic/main.py', prints: all },
  {
    name: 'Instructor',
    needs: 'requirements-openai-2.txt',
    file: 'instructor/main.py',
    prints: [
      object,
      /^partial: \{"name":"name","age":1\}$/m,
      /^iterable: \['name'\]$/m,
      /^schema: \{"name":"name","age":1\}$/m,
    ],
  },
  { name: 'LlamaIndex', needs: 'requirements-openai-2.txt', file: 'llamaindex/main.py', prints: nearlyAll },
  { name: 'llm', needs: 'requirements.txt', file: 'llm/main.sh', prints: nearlyAll },
  { name: 'browser', file: 'browser/server.ts', isPage: true, prints: [] },
]
