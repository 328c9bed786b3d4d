// Services that the demo does not play, as far as a conversation in words, and a call of the first tool, goes: one that
// speaks Gemini's wire, one that speaks OpenAI's.
import { at } from '../../src/hub/json.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from './upstream.ts'

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function gemini(body: unknown, streams: boolean) {
  const contents = list(at(body, 'contents'))
  const answered = contents.some((one) => list(at(one, 'parts')).some((part) => at(part, 'functionResponse')))
  const [tool] = list(at(list(at(body, 'tools'))[0], 'functionDeclarations'))
  const calls = tool !== undefined && !answered
  const part = calls
    ? { functionCall: { name: at(tool, 'name'), args: { location: 'Here' } } }
    : { text: answered ? 'It answered.' : 'Hello there.' }
  const counted = { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 }
  const answer = {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: counted,
    modelVersion: 'gemini-2.5-flash',
    responseId: 'r1',
  }
  return streams ? `data: ${JSON.stringify(answer)}\r\n\r\n` : answer
}

function openai(body: unknown, streams: boolean) {
  const messages = list(at(body, 'messages'))
  const answered = messages.some((one) => at(one, 'role') === 'tool')
  const [tool] = list(at(body, 'tools'))
  const calls = tool !== undefined && !answered
  const call = {
    id: 'callabcde',
    index: 0,
    type: 'function',
    function: { name: at(at(tool, 'function'), 'name'), arguments: '{"location":"Here"}' },
  }
  const said = calls ? { tool_calls: [call] } : { content: answered ? 'It answered.' : 'Hello there.' }
  const finish = calls ? 'tool_calls' : 'stop'
  const head = { id: 'cmpl-1', created: 1, model: 'mistral-small-latest' }
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 }
  const message = { role: 'assistant', content: '', ...said }
  if (!streams)
    return { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage }
  const chunk = {
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: message, finish_reason: finish }],
    usage,
  }
  return `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`
}

/** Starts both behind one address: paths tell which is asked. */
export function startScripted(): Promise<Upstream> {
  return startUpstream((response, { path, body }) => {
    const asked: unknown = JSON.parse(body)
    const answer = path.includes('enerateContent')
      ? gemini(asked, path.includes('stream'))
      : openai(asked, at(asked, 'stream') === true)
    if (typeof answer === 'string') return sayStream(response, [answer])
    return sayJson(response, 200, answer)
  })
}
