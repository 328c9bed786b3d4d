// What images and speech are asked for, and the little that is done with sizes and sound.
import { describe, expect, it } from 'vitest'
import { imageRequestOf, ratioOf, sizeOf } from '../../src/hub/images.ts'
import { base64Of, bytesIn, soundOf } from '../../src/hub/media.ts'
import { containerOf, speechRequestOf, voiceOf, wav } from '../../src/hub/speech.ts'

const image = { model: 'm', prompt: 'A cat.' }
const speech = { model: 'm', input: 'Hello.' }

describe('an image request', () => {
  it('says nothing with OpenAI’s own defaults', () => {
    const defaults = { n: 1, size: 'auto', quality: 'auto', background: 'auto', moderation: 'auto', stream: false }
    const more = { output_compression: 100, partial_images: 0, user: '', style: null }
    expect(imageRequestOf({ ...image, ...defaults, ...more, seed: 7 })).toEqual({ fields: image, extras: { seed: 7 } })
  })

  it.each([
    [{ model: 'm' }, 'prompt'],
    [{ ...image, prompt: '' }, 'prompt'],
    [{ ...image, n: 11 }, 'n'],
    [{ ...image, n: 0 }, 'n'],
    [{ ...image, partial_images: 2 }, 'partial_images'],
    [{ ...image, response_format: 'png' }, 'response_format'],
    [{ ...image, output_compression: 101 }, 'output_compression'],
  ])('is refused: %j', (body, param) => {
    expect(() => imageRequestOf(body)).toThrow(expect.objectContaining({ details: expect.objectContaining({ param }) }))
  })

  it.each([
    ['1024x1024', '1:1', true],
    ['1792x1024', '16:9', false],
    ['1536x1024', '4:3', false],
    ['1000x2000', '9:16', false],
    ['1600x900', '16:9', true],
  ])('of %s is nearest to %s', (size, ratio, exact) => {
    expect(ratioOf(sizeOf(size), ['1:1', '3:4', '4:3', '9:16', '16:9'])).toEqual({ ratio, exact })
  })

  it.each(['1024', '0x0', 'x', '1024x1024x1', '-1x10'])('has no size %s', (size) => {
    expect(() => sizeOf(size)).toThrow(/WIDTHxHEIGHT/)
  })
})

describe('a speech request', () => {
  it('says nothing with OpenAI’s own defaults', () => {
    const defaults = { speed: 1, stream_format: 'audio', instructions: '' }
    expect(speechRequestOf({ ...speech, ...defaults }).fields).toEqual(speech)
  })

  it.each([
    [{ model: 'm' }, 'input'],
    [{ ...speech, speed: 5 }, 'speed'],
    [{ ...speech, voice: '' }, 'voice'],
    [{ ...speech, stream_format: 'mp3' }, 'stream_format'],
  ])('is refused: %j', (body, param) => {
    expect(() => speechRequestOf(body)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ param }) }),
    )
  })

  it('names a voice, or the id of one', () => {
    expect([voiceOf('alloy'), voiceOf({ id: 'v_1' }), voiceOf(undefined)]).toEqual(['alloy', 'v_1', undefined])
  })
})

describe('sound', () => {
  it('gets a head of its own', () => {
    const file = Buffer.from(wav(new Uint8Array([1, 2, 3, 4]), 24_000))
    expect(file.subarray(0, 4).toString() + file.subarray(8, 16).toString()).toBe('RIFFWAVEfmt ')
    expect([file.readUInt32LE(4), file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(28)]).toEqual([
      40, 1, 1, 48_000,
    ])
    expect(containerOf(file)).toBe('wav')
  })

  it.each([
    ['ID3\u0004', 'mp3'],
    ['\u00ff\u00fb\u0090', 'mp3'],
    ['\u00ff\u00f1P', 'aac'],
    ['OggS', 'opus'],
    ['fLaC', 'flac'],
    ['hello', undefined],
  ])('is known by its beginning: %j', (head, container) => {
    expect(containerOf(new Uint8Array(Buffer.from(head, 'latin1')))).toBe(container)
  })

  it('is known by its name', () => {
    expect(['a.MP3', 'b.m4a', 'c', undefined, 'd.constructor'].map(soundOf)).toEqual([
      'audio/mpeg',
      'audio/mp4',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('becomes base64 in pieces, wherever they are cut', () => {
    const bytes = new Uint8Array(100_001).map((_, i) => i % 253)
    for (const size of [1, 2, 1000, 24_577, 100_001]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      const text = [...base64Of(pieces)].join('')
      expect(text).toBe(Buffer.from(bytes).toString('base64'))
    }
    expect(Buffer.from(bytesIn(Buffer.from('abc').toString('base64'))).toString()).toBe('abc')
  })
})
