// Recorded answers that a client of the AI SDK reads as we do, through the pure core.
import { describe, expect, it } from 'vitest'
import { readStreamed } from './agreement.ts'
import { type Case, casesOf } from './cases.ts'
import { refusalOf, wholeOf } from './core.ts'
import { type Native, readNatively } from './native-client.ts'
import { readWhole } from './openai-client.ts'
import type { Outcome } from './reading.ts'

function ours(one: Case): Promise<Outcome> {
  if (one.stream) return readStreamed(one)
  return one.status < 400 ? wholeOf(one).then(readWhole) : readWhole(refusalOf(one))
}

/** As much of our answer as the other client tells of its own. */
function nativelyIn(outcome: Outcome): Native | { readonly failed: string | undefined } {
  if ('failed' in outcome) return { failed: outcome.failed.message }
  const { text, reasoning, calls, finish, usage } = outcome.said
  return {
    text: text ?? '',
    reasoning: reasoning ?? '',
    calls,
    finish,
    prompt: usage.prompt_tokens ?? 0,
    completion: usage.completion_tokens ?? 0,
  }
}

function uncounted({ prompt: _none, completion: _nothing, ...rest }: Native): object {
  return rest
}

const FOLDERS = [
  ...['alibaba', 'cerebras', 'crusoe', 'deepseek', 'groq', 'mistral', 'moonshot', 'ollama', 'openai-compatible'],
  ...['openrouter', 'perplexity', 'xai', 'zai'],
]

describe.each(FOLDERS)('recorded answers of %s, natively', (folder) => {
  const cases = casesOf(folder)

  it.skipIf(cases.length === 0).each(cases)('$name', async (one) => {
    const theirs = await readNatively(one)
    const read = nativelyIn(await ours(one))
    // A whole answer may be too strange for the client, and yet be one.
    if ('unread' in theirs) expect(one.stream ? Object.keys(read) : ['failed']).toEqual(['failed'])
    else if ('failed' in theirs) expect(read).toEqual(theirs)
    // One of the clients looks for counts in one place of two: where it finds none it says nothing of them.
    else expect(read).toEqual(expect.objectContaining(theirs.said.prompt > 0 ? theirs.said : uncounted(theirs.said)))
  })
})
