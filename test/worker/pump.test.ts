// The pump on the runtime it is written for: Node has no IdentityTransformStream, and streams there differ in detail.
import { describe, expect, it, vi } from 'vitest'
import { IdleTimeout, type Translator } from '../../src/wire/pump.ts'
import { Paused, pause, source, start, textOf, Upstream } from '../wire/pumping.ts'

const decoder = new TextDecoder()

describe('a stream that goes well', () => {
  it('passes everything, and what the end of the body makes', async () => {
    const run = start([source(new Upstream().say('a', 'b', 'c').close())])
    await run.head
    expect(await textOf(run.readable)).toBe('abc$')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
  })

  it('writes once for each chunk of the upstream', async () => {
    const write = vi.spyOn(WritableStreamDefaultWriter.prototype, 'write')
    const run = start([source(new Upstream().say('ab', '-', 'cd', 'ef').close())])
    expect(await textOf(run.readable)).toBe('abcdef$')
    expect(write.mock.calls.map(([chunk]) => decoder.decode(chunk as Uint8Array))).toEqual(['ab', 'cd', 'ef', '$'])
  })

  it('passes bytes as they are', async () => {
    const raw = Uint8Array.from([0, 255, 254, 13, 10])
    const bare: Translator = { done: false, failed: false, feed: (chunk) => chunk, end: () => new Uint8Array(0) }
    const upstream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(raw)
        controller.close()
      },
    })
    const run = start([{ body: upstream, translator: bare }])
    expect(new Uint8Array(await new Response(run.readable).arrayBuffer())).toEqual(raw)
  })

  it('waits for nothing once the end marker has come', async () => {
    const upstream = new Upstream().say('a', 'b.')
    const run = start([source(upstream)])
    expect(await textOf(run.readable)).toBe('ab.')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('opens for an answer that says nothing at all', async () => {
    const mute: Translator = { done: false, failed: false, feed: () => '', end: () => '' }
    const run = start([source(new Upstream().say('a').close(), mute)])
    await run.head
    expect(await textOf(run.readable)).toBe('')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
  })

  it('joins several sources, and ends with the last of them', async () => {
    const [left, right] = [new Upstream(), new Upstream()]
    const run = start([source(left), source(right)])
    const text = textOf(run.readable)
    left.say('1')
    await pause(5)
    right.say('2').close()
    await pause(5)
    left.say('3').close()
    expect(await text).toBe('12$3$')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
  })

  it('goes on with the next body of a source', async () => {
    const rest = new Upstream().say('c', 'd.')
    const first = new Upstream().say('a', 'b.')
    const run = start([source(first, new Paused(rest.body))])
    expect(await textOf(run.readable)).toBe('ab.cd.')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
    expect(first.cancelled).toHaveLength(1)
  })
})

describe('silence', () => {
  it('of the upstream ends in a failure', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)], { idleMs: 20 })
    expect(await textOf(run.readable)).toBe('a<failed>')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(run.failures[0]).toBeInstanceOf(IdleTimeout)
    expect(upstream.cancelled[0]).toBeInstanceOf(IdleTimeout)
  })

  it('before the head refuses it', async () => {
    const run = start([source(new Upstream())], { idleMs: 20 })
    await expect(run.head).rejects.toBeInstanceOf(IdleTimeout)
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
  })

  it('before the first byte has a limit of its own', async () => {
    const late = start([source(new Upstream())], { firstByteMs: 20 })
    await expect(late.head).rejects.toBeInstanceOf(IdleTimeout)
    const upstream = new Upstream().say('a')
    const begun = start([source(upstream)], { firstByteMs: 20 })
    const text = textOf(begun.readable)
    await pause(60)
    upstream.say('b').close()
    expect(await text).toBe('ab$')
  })

  it('of one of several sources is no excuse for the others', async () => {
    const [left, right] = [new Upstream(), new Upstream()]
    const run = start([source(left), source(right)], { idleMs: 40 })
    const text = textOf(run.readable)
    for (let i = 0; i < 5; i++) {
      right.say('b')
      await pause(15)
    }
    expect((await text).slice(-8)).toBe('<failed>')
    await run.finished
    expect(run.failures[0]).toBeInstanceOf(IdleTimeout)
    expect(right.cancelled).toHaveLength(1)
  })

  it('is filled with comments, each after the whole time', async () => {
    const upstream = new Upstream().say('a')
    const from = Date.now()
    const run = start([source(upstream)], { keepAliveMs: 30 })
    const reader = run.readable.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.startsWith('a:::')) text += (await reader.read()).value
    expect(Date.now() - from).toBeGreaterThanOrEqual(85)
    upstream.say('b').close()
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value
    // A machine that is late with everything may find time for one more.
    expect(text).toMatch(/^a:{3,}b\$$/)
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
  })

  it('is no silence while there is something to say', async () => {
    const upstream = new Upstream()
    const run = start([source(upstream)], { keepAliveMs: 600 })
    const text = textOf(run.readable)
    for (let i = 0; i < 8; i++) {
      upstream.say('a')
      await pause(100)
    }
    upstream.close()
    expect(await text).toBe('aaaaaaaa$')
  })

  it('is counted anew from each chunk', async () => {
    const upstream = new Upstream()
    const run = start([source(upstream)], { idleMs: 600 })
    const text = textOf(run.readable)
    for (let i = 0; i < 8; i++) {
      upstream.say('-')
      await pause(100)
    }
    upstream.say('a').close()
    expect(await text).toBe('a$')
  })

  it('gets no comment before the head', async () => {
    const upstream = new Upstream()
    const run = start([source(upstream)], { keepAliveMs: 10 })
    await pause(40)
    upstream.say('a').close()
    await run.head
    expect(await textOf(run.readable)).toBe('a$')
  })

  it('of the client gets neither comments nor a time limit', async () => {
    const upstream = new Upstream().say('a', 'b')
    const run = start([source(upstream)], { keepAliveMs: 10, idleMs: 10 })
    await run.head
    await pause(60)
    upstream.close()
    expect(await textOf(run.readable)).toBe('ab$')
    await run.finished
    expect(run.outcomes).toEqual(['complete'])
  })
})

describe('a client that reads slowly', () => {
  it('is waited for: no more is pulled than is taken', async () => {
    let pulled = 0
    const flood = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(64 * 1024))
        },
      },
      { highWaterMark: 0 },
    )
    const bare: Translator = { done: false, failed: false, feed: (chunk) => chunk, end: () => '' }
    const run = start([{ body: flood, translator: bare }])
    await run.head
    await pause(50)
    expect(pulled).toBeLessThanOrEqual(2)
    const reader = run.readable.getReader()
    for (let taken = 0; taken < 10 * 64 * 1024; ) taken += (await reader.read()).value?.length ?? 0
    expect(pulled).toBeLessThanOrEqual(13)
    await reader.cancel()
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
  })
})
