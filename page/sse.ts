// Server-sent events as a browser's fetch gets them: https://html.spec.whatwg.org/multipage/server-sent-events.html
//
// Every text that may be an event's data is given on; names of events, ids and comments say nothing here.

/** The data of each event, as it comes. What ends without a blank line is no event. */
export async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += value
      // A CR at the end may be the first half of a line's end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
        if (line !== '' || data.length === 0) continue
        yield data.join('\n')
        data = []
      }
    }
  } finally {
    // Whoever stops listening hangs up.
    await reader.cancel().catch(() => {})
  }
}
