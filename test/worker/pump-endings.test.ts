// Every way in which a pumped stream ends badly: what the client gets, and that it is settled once.
import { describe, expect, it, vi } from 'vitest'
import { HeldFailure } from '../../src/wire/pump.ts'
import { Echo, Paused, pause, source, start, textOf, Upstream } from '../wire/pumping.ts'

describe('the head', () => {
  it('is held until the first output, not the first byte', async () => {
    const upstream = new Upstream().say('-')
    const run = start([source(upstream)])
    let open = false
    void run.head.then(() => {
      open = true
    })
    await pause(20)
    expect(open).toBe(false)
    upstream.say('a').close()
    await run.head
    expect(await textOf(run.readable)).toBe('a$')
  })

  it('is held no longer than the limit', async () => {
    const upstream = new Upstream()
    const run = start([source(upstream)], { holdMs: 20 })
    const from = Date.now()
    await run.head
    expect(Date.now() - from).toBeGreaterThanOrEqual(15)
    upstream.say('a').close()
    expect(await textOf(run.readable)).toBe('a$')
  })

  it('is refused when the answer fails before it', async () => {
    const upstream = new Upstream().say('-', 'no!')
    const run = start([source(upstream)])
    await expect(run.head).rejects.toBeInstanceOf(HeldFailure)
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(run.failures).toEqual([])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('is refused with what broke the transport before it', async () => {
    const run = start([source(new Upstream().break())])
    await expect(run.head).rejects.toThrow('Network connection lost')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
  })

  it('is refused with what the translator threw before it', async () => {
    const upstream = new Upstream().say('?')
    const run = start([source(upstream)])
    await expect(run.head).rejects.toBeInstanceOf(RangeError)
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('is refused when one of several sources fails before it, and the others are hung up on', async () => {
    const [left, right] = [new Upstream(), new Upstream().say('no!')]
    const run = start([source(left), source(right)])
    await expect(run.head).rejects.toBeInstanceOf(HeldFailure)
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(left.cancelled).toHaveLength(1)
  })
})

describe('a failure after the head', () => {
  it('of the answer ends with what the translator said of it', async () => {
    const upstream = new Upstream().say('a', 'no!')
    const run = start([source(upstream)])
    expect(await textOf(run.readable)).toBe('ano!')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(run.failures).toEqual([])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('of an answer that has begun is its own, even in its first bytes', async () => {
    const run = start([source(new Upstream().say('ano!'), Object.assign(new Echo(), { begun: true }))])
    await run.head
    expect(await textOf(run.readable)).toBe('ano!')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
  })

  it.each([
    ['the transport', (upstream: Upstream) => upstream.break(), 'Network connection lost'],
    ['the translator', (upstream: Upstream) => upstream.say('?'), 'too large'],
  ])('of %s ends with one error event', async (_what, breaks, message) => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)])
    const text = textOf(run.readable)
    await run.head
    breaks(upstream)
    expect(await text).toBe('a<failed>')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(run.failures.map(String).join()).toContain(message)
  })

  it('of one source is the end of all: nothing is said after it', async () => {
    const [left, right] = [new Upstream().say('a'), new Upstream().say('b')]
    const run = start([source(left), source(right)])
    const text = textOf(run.readable)
    await run.head
    left.break()
    await pause(5)
    right.say('more').close()
    const whole = await text
    expect(whole.slice(-8)).toBe('<failed>')
    expect(whole).not.toContain('more')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(right.cancelled).toHaveLength(1)
  })

  it('of one source leaves no other to go on with a paused answer', async () => {
    const [left, right] = [new Upstream().say('a'), new Upstream()]
    const late = new Upstream()
    const { promise, resolve: give } = Promise.withResolvers<ReadableStream<Uint8Array>>()
    const run = start([source(left), source(right, new Paused(promise))])
    const text = textOf(run.readable)
    right.say('b.')
    await pause(10)
    left.break()
    expect(await text).toBe('ab.<failed>')
    give(late.body)
    await run.finished
    await pause(5)
    expect(late.cancelled).toHaveLength(1)
    expect(run.outcomes).toEqual(['failed'])
  })

  it('of one source asks for no continuation of another', async () => {
    const [left, right] = [new Upstream().say('a'), new Upstream().say('b.')]
    const paused = new Paused(new Upstream().body)
    const asked = vi.spyOn(paused, 'next')
    const run = start([source(left), source(right, paused)])
    const reader = run.readable.getReader()
    await reader.read()
    await pause(5)
    // The other one still waits for the client to take what it has written.
    left.break()
    await pause(5)
    for (let read = await reader.read(); !read.done; read = await reader.read()) await pause(5)
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
    expect(asked).not.toHaveBeenCalled()
  })

  it('of the continuation is told like any other', async () => {
    const { promise, reject } = Promise.withResolvers<ReadableStream<Uint8Array>>()
    const run = start([source(new Upstream().say('a', 'b.'), new Paused(promise))])
    const text = textOf(run.readable)
    await pause(5)
    reject(new Error('cannot go on'))
    expect(await text).toBe('ab.<failed>')
    await run.finished
    expect(run.outcomes).toEqual(['failed'])
  })
})

describe('a client that leaves', () => {
  it('by not reading on, stops the upstream', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)])
    const reader = run.readable.getReader()
    await reader.read()
    await reader.cancel()
    upstream.say('b')
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(run.failures).toEqual([])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('before the last of it, is gone though nothing is left to say', async () => {
    const upstream = new Upstream().say('a')
    const mute = Object.assign(new Echo(), { end: () => '' })
    const run = start([source(upstream, mute)])
    const reader = run.readable.getReader()
    await reader.read()
    await reader.cancel()
    upstream.close()
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
  })

  it('while the upstream is silent, is found out by the next comment', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)], { keepAliveMs: 20 })
    const reader = run.readable.getReader()
    await reader.read()
    await reader.cancel()
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('is drained for: the upstream is read to its end, and nothing is written', async () => {
    const upstream = new Upstream().say('a')
    const echo = new Echo()
    const seen: string[] = []
    const feed = echo.feed.bind(echo)
    const watched = Object.assign(echo, {
      feed: (chunk: Uint8Array) => {
        const said = feed(chunk)
        seen.push(String(said))
        return said
      },
    })
    const run = start([source(upstream, watched)], { drainMs: 60_000 })
    await run.readable.getReader().read()
    run.abort.abort(new Error('left'))
    await pause(5)
    upstream.say('b')
    await pause(5)
    upstream.say('c').close()
    await run.finished
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(run.outcomes).toEqual(['client_gone'])
    expect(run.failures).toEqual([])
  })

  it('is drained for no longer than the limit, whatever the upstream says', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)], { drainMs: 30 })
    const reader = run.readable.getReader()
    await reader.read()
    await reader.cancel()
    upstream.say('b')
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('is drained for, but no further body is opened', async () => {
    const rest = new Upstream()
    const upstream = new Upstream().say('a')
    const run = start([source(upstream, new Paused(rest.body))], { drainMs: 60_000 })
    await run.readable.getReader().read()
    run.abort.abort()
    upstream.say('b.')
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
  })

  it('by its signal, stops the upstream at once', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)])
    await run.readable.getReader().read()
    run.abort.abort(new Error('left'))
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(run.failures).toEqual([])
    expect(String(upstream.cancelled)).toContain('left')
  })

  it('before the head, leaves nobody waiting for it', async () => {
    const upstream = new Upstream()
    const run = start([source(upstream)])
    run.abort.abort(new Error('left'))
    await expect(run.head).rejects.toThrow('left')
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('before the pump began, costs nothing', async () => {
    const upstream = new Upstream()
    const left = AbortSignal.abort(new Error('left'))
    const run = start([source(upstream)], { signal: left })
    await expect(run.head).rejects.toThrow('left')
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('while a write waits for it, frees the write', async () => {
    const upstream = new Upstream().say('a', 'b')
    const run = start([source(upstream)])
    await run.head
    await pause(5)
    run.abort.abort(new Error('left'))
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(upstream.cancelled).toHaveLength(1)
  })

  it('while a paused answer is asked to go on, ends what comes of it', async () => {
    const late = new Upstream()
    const { promise, resolve: give } = Promise.withResolvers<ReadableStream<Uint8Array>>()
    const run = start([source(new Upstream().say('a.'), new Paused(promise))])
    await run.readable.getReader().read()
    await pause(5)
    run.abort.abort(new Error('left'))
    give(late.body)
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
    expect(late.cancelled).toHaveLength(1)
  })

  it('after a failure, while its event waits, is gone and not told twice', async () => {
    const upstream = new Upstream().say('a')
    const run = start([source(upstream)])
    const reader = run.readable.getReader()
    await reader.read()
    upstream.break()
    await pause(5)
    run.abort.abort(new Error('left'))
    await run.finished
    expect(run.outcomes).toEqual(['client_gone'])
  })
})
