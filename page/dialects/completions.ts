// Completions, OpenAI's older endpoint: https://platform.openai.com/docs/api-reference/completions
import {
  at,
  type Dialect,
  failureIn,
  type Heard,
  listAt,
  openaiClients,
  present,
  reported,
  textAt,
  usageIn,
} from './dialect.ts'

function heardIn(body: unknown): Heard[] {
  const error = failureIn(body)
  if (error) return [{ error }]
  const choices = listAt(body, 'choices').flatMap((choice): Heard[] => {
    if (at(choice, 'index') !== 0) return []
    const [text, finish] = [textAt(choice, 'text'), textAt(choice, 'finish_reason')]
    return [...(text ? [{ text }] : []), ...(finish ? [{ finish }] : [])]
  })
  return [...choices, ...usageIn(body, 'prompt_tokens', 'completion_tokens'), ...reported(body)]
}

export const completions: Dialect = {
  name: 'completions',
  label: 'Completions',
  path: '/v1/completions',
  known: new Set(
    'model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream stream_options suffix temperature top_p user'.split(
      ' ',
    ),
  ),
  tool: {},
  body: ({ model, system, turns, temperature, limit, stream, more }) => ({
    ...more,
    model,
    prompt: [system, ...turns.map(({ text }) => text)].filter(Boolean).join('\n\n'),
    ...present({ temperature, max_tokens: limit }),
    ...(stream && { stream: true, stream_options: more.stream_options ?? { include_usage: true } }),
  }),
  event: (data) => (data === undefined ? [{ over: true }] : heardIn(data)),
  answer: heardIn,
  ...openaiClients('completions.create', {
    python: {
      streamed: 'if event.choices:\n    print(event.choices[0].text, end="", flush=True)',
      whole: 'print(answer.choices[0].text)',
    },
    typescript: {
      streamed: "process.stdout.write(event.choices[0]?.text ?? '')",
      whole: 'console.log(answer.choices[0]?.text)',
    },
  }),
}
