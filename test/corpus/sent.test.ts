// Recorded requests that OpenAI's clients could have sent: what becomes of each field, and of each word in a message, is
// that it is sent or that its loss is told.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CORPUS, servedBy } from '../../scripts/corpus-count.ts'
import { chat } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { ChatRequest } from '../../src/hub/request.ts'
import { providers } from '../../src/providers/index.ts'
import { ACCOUNT } from '../account.ts'
import { listed } from './cases.ts'

interface Recorded {
  readonly name: string
  readonly provider: string
  readonly request: ChatRequest
}

/** The requests of a folder that are in OpenAI's form. */
function requestsOf(folder: string): Recorded[] {
  return listed(folder).flatMap(({ name }) => {
    const file = join(CORPUS, folder, name, 'request.json')
    if (!existsSync(file)) return []
    const request = readAsOpenAi(JSON.parse(readFileSync(file, 'utf8')))
    return request ? [{ name, provider: servedBy(folder), request }] : []
  })
}

/** Some were recorded with a field that only the recorder understands, and tools may lack the type that they all have. */
function readAsOpenAi({ false: _recorder, tools, ...body }: Record<string, unknown>): ChatRequest | undefined {
  const typed = Array.isArray(tools) ? { tools: tools.map((tool: object) => ({ type: 'function', ...tool })) } : {}
  const choice = body.tool_choice === 'any' ? { tool_choice: 'required' } : {}
  try {
    return chat.read({ ...body, ...typed, ...choice })
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined
    throw thrown
  }
}

/** Every text in a value, however deep; keys are not among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** What services have another name for. */
const RENAMED: Readonly<Record<string, string>> = {
  seed: 'random_seed',
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}
const HERE = new Set(['stream_options', 'model', 'messages'])
/** Roles may change, and so may the ids that tie results to calls, as long as they tie the same. */
const FREE = /^(?:assistant|developer|system|tool|function|[\w-]{9,})$/

const FOLDERS = [
  ...['azure-openai', 'cerebras', 'crusoe', 'deepseek', 'groq', 'huggingface', 'mistral', 'ollama'],
  ...['openrouter', 'snowflake', 'together', 'zai'],
]

describe.each(FOLDERS)('recorded requests to %s', (folder) => {
  const all = requestsOf(folder)

  it.skipIf(all.length === 0).each(all)('$name loses nothing in silence', ({ provider, request }) => {
    const how = providers.get(provider)?.chat
    if (!how || !('encode' in how)) return expect.fail('It is not translated.')
    const ledger = new Ledger(false)
    const call = how.encode(request, request.fields.model, ledger, ACCOUNT)
    const sent: Record<string, unknown> = JSON.parse(call.body)
    const told = new Set(ledger.losses.map(({ path }) => /^[^.[]*/.exec(path)?.[0]))
    for (const [name, value] of Object.entries({ ...request.fields, ...request.extras })) {
      if (HERE.has(name) || told.has(name) || value === null) continue
      expect(Object.keys(sent)).toContain(name in sent ? name : RENAMED[name])
    }
    const texts = new Set(textsIn(sent.messages))
    const lost = textsIn(request.fields.messages).filter((text) => !texts.has(text) && !FREE.test(text))
    if (!told.has('messages')) expect(lost).toEqual([])
    expect(textsIn(sent.tools).sort()).toEqual(textsIn(request.fields.tools).sort())
  })
})
