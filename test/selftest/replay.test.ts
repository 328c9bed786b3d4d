// The self-test's replays: every wire has a sample that passes, and a provider that is broken is found out.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Account, AnswerReader, Conversant, Provider } from '../../src/hub/provider.ts'
import type { Sample } from '../../src/hub/sample.ts'
import { providers } from '../../src/providers/index.ts'
import { replayOf } from '../../src/selftest/replay.ts'

const converses = (provider: Provider | undefined): provider is Conversant => provider?.chat !== undefined
const all = [...providers.values()]
  .filter(converses)
  .flatMap((provider) =>
    (provider.samples ?? []).map((sample) => ({ name: `${provider.name}/${sample.model}`, provider, sample })),
  )
const providerOf = (name: string): Conversant => {
  const found = providers.get(name)
  if (!converses(found)) throw new Error(name)
  return found
}
const sampleOf = ({ samples = [] }: Conversant): Sample => {
  const [first] = samples
  if (!first) throw new Error('No sample.')
  return first
}

describe('the samples', () => {
  it.each(all)('$name is encoded and answered', ({ provider, sample }) => {
    const replay = replayOf(provider, sample)
    expect(replay.encode).not.toThrow()
    expect(replay.answer).not.toThrow()
  })

  it('are there for every framing and every wire of its own', () => {
    const framings = all.map(({ provider, sample }) => {
      const account: Account = { name: 'a', credential: 'sample', ...sample.account }
      return provider.relays?.('chat', sample.model, account) === undefined ? provider.name : 'relay'
    })
    expect(new Set(framings)).toEqual(
      new Set(['relay', 'anthropic', 'gemini', 'vertex', 'bedrock', 'cohere', 'paddler', 'openai-compatible']),
    )
  })

  it('are a small part of the bundle', () => {
    expect(gzipSync(JSON.stringify(all.map(({ sample }) => sample))).length).toBeLessThan(3 * 1024)
  })
})

/** A provider whose reader is another one's with something wrong. */
function broken(provider: Conversant, wrong: (reader: AnswerReader) => AnswerReader): Conversant {
  const { chat } = provider
  return {
    ...provider,
    chat: {
      ...chat,
      encode: (...given) => {
        const call = chat.encode(...given)
        return { ...call, reader: (head) => wrong(call.reader(head)) }
      },
    },
  }
}

/** The same reader with another `read`. */
function reading(reader: AnswerReader, read: AnswerReader['read']): AnswerReader {
  return {
    framing: reader.framing,
    read,
    get done() {
      return reader.done
    },
    next: undefined,
  }
}

describe('a provider that is broken', () => {
  const good = providerOf('anthropic')
  const answer = (provider: Conversant, sample = sampleOf(good)) => replayOf(provider, sample).answer

  it('by losing a piece of text', () => {
    const lossy = broken(good, (reader) => {
      let texts = 0
      return reading(reader, (frame) => reader.read(frame).filter((delta) => delta.type !== 'text' || ++texts !== 2))
    })
    expect(answer(lossy)).toThrow('In pieces of')
  })

  it('by another reason for the end', () => {
    const wrong = broken(good, (reader) =>
      reading(reader, (frame) =>
        reader.read(frame).map((delta) => (delta.type === 'finish' ? { ...delta, reason: 'stop' } : delta)),
      ),
    )
    expect(answer(wrong)).toThrow('"finish":["stop"]')
  })

  it('by counting no tokens', () => {
    const silent = broken(good, (reader) =>
      reading(reader, (frame) => reader.read(frame).filter(({ type }) => type !== 'usage')),
    )
    expect(answer(silent)).toThrow('"usage":[0,0]')
  })

  it('by throwing', () => {
    const thrown = broken(good, (reader) =>
      reading(reader, () => {
        throw new RangeError('Out of reach.')
      }),
    )
    expect(answer(thrown)).toThrow('Out of reach.')
  })

  it('by an end that never comes', () => {
    const sample = sampleOf(good)
    expect(answer(good, { ...sample, frames: sample.frames.slice(0, -1) })).toThrow('The answer has no end.')
  })

  it('by leaving out what was said', () => {
    const { chat } = good
    const forgetful: Conversant = {
      ...good,
      chat: {
        ...chat,
        encode: (request, ...rest) => {
          const call = chat.encode(request, ...rest)
          return { ...call, body: call.body.replace('strix aluco', '') }
        },
      },
    }
    expect(replayOf(forgetful, sampleOf(good)).encode).toThrow("The request lacks 'strix aluco'.")
  })

  it('on a relay, too', () => {
    const relay = providerOf('openai')
    const sample = sampleOf(relay)
    const torn = { ...sample, frames: sample.frames.filter(([, data]) => !JSON.stringify(data).includes('usage')) }
    expect(replayOf(relay, torn).answer).toThrow('"usage":[]')
  })
})
