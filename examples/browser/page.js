// A page that asks a model, with a token instead of a key.
//
// With OpenAI's SDK, which a page needs a bundler for, the same is
//   new OpenAI({ baseURL, apiKey: async () => (await access()).token, dangerouslyAllowBrowser: true })
// since it asks for the key before each request. The name of that option is about keys; a token is made to be here.

/** A new token is fetched when the last one has less than this left. */
const SPARE_MS = 30_000

let last

/** A token that holds for a while, with where and what to ask. */
async function access() {
  if (!last || Date.parse(last.expires_at) - Date.now() < SPARE_MS) {
    const answer = await fetch('/token', { method: 'POST' })
    if (!answer.ok) throw new Error(`There is no token: ${answer.status}.`)
    last = await answer.json()
  }
  return last
}

/** The pieces of a streamed answer, as they come. */
async function* ask(question) {
  const { baseURL, token, model } = await access()
  const answer = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: question }] }),
  })
  if (!answer.ok) throw new Error((await answer.json()).error.message)
  let rest = ''
  for await (const text of read(answer.body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue
      // Only this says that the answer is whole.
      if (line === 'data: [DONE]') return
      const { error, choices } = JSON.parse(line.slice('data: '.length))
      if (error) throw new Error(error.message)
      yield choices[0]?.delta.content ?? ''
    }
  }
  throw new Error('The answer broke off.')
}

/** The chunks of a stream. Not every browser can iterate over one. */
async function* read(stream) {
  const reader = stream.getReader()
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield value
  } finally {
    await reader.cancel()
  }
}

const form = document.querySelector('form')
const output = document.querySelector('output')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  form.querySelector('button').disabled = true
  output.textContent = ''
  try {
    for await (const piece of ask(new FormData(form).get('question'))) output.textContent += piece
  } catch (error) {
    output.textContent = error.message
  }
  form.querySelector('button').disabled = false
})
