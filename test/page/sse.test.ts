// The page's reader of events: however the bytes are cut, the same events.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsOf } from '../../page/sse.ts'

async function read(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const all: string[] = []
  for await (const data of eventsOf(body)) all.push(data)
  return all
}

const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text))

const TEXT =
  ': hello\r\n\r\nevent: a\r\ndata: {"ü":"☃"}\r\n\r\ndata:one\ndata: two\n\nid: 7\n\ndata: three\r\r: bye\n\ndata: [DONE]\n\n'
const EVENTS = ['{"ü":"☃"}', 'one\ntwo', 'three', '[DONE]']

test('line ends, comments, several lines of data', async () => {
  expect(await read([bytes(TEXT)])).toEqual(EVENTS)
})

test('any cutting', async () => {
  const whole = bytes(TEXT)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 12 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
      const chunks = places.slice(1).map((end, i) => whole.slice(places[i], end))
      expect(await read(chunks)).toEqual(EVENTS)
    }),
  )
})

test('what ends without a blank line is no event', async () => {
  expect(await read([bytes('data: one\n\ndata: two\n')])).toEqual(['one'])
})

test('who stops listening hangs up', async () => {
  let left = false
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(bytes('data: again\n\n')),
    cancel: () => {
      left = true
    },
  })
  for await (const data of eventsOf(body)) {
    expect(data).toBe('again')
    break
  }
  expect(left).toBe(true)
})
