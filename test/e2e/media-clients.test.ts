// OpenAI's own client hears, says and paints through every kind of provider.
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let openai: OpenAI
let folder: string

const LIKE = ['openai', 'groq', 'together', 'fireworks', 'mistral', 'deepinfra', 'siliconflow', 'sambanova', 'zai']
const MORE = ['xai', 'nebius', 'vllm', 'compactifai', 'openai-compatible']

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream((response) => sayJson(response, 200, {}))])
  const like = [...LIKE, ...MORE].map((name) => [name, { base_url: `${upstream.url}/v1`, credential: 'sk-test' }])
  const key = await gateway.createKey({
    providers: {
      ...Object.fromEntries(like),
      azure: { provider: 'azure-openai', base_url: upstream.url, credential: 'k', api_version: '2024-10-21' },
      gemini: { base_url: upstream.url, credential: 'k' },
      vertex: { base_url: upstream.url, credential: 'ya29.token', project: 'p', location: 'us-central1' },
      bedrock: { base_url: upstream.url, credential: 'k', region: 'us-east-1' },
      workers: { provider: 'workers-ai', base_url: `${upstream.url}/ai/v1`, credential: 'k', account_id: 'a' },
    },
  })
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
  folder = await mkdtemp(join(tmpdir(), 'dragoman-'))
  await writeFile(join(folder, 'speech.mp3'), new Uint8Array(100_000).fill(1))
})
afterAll(async () => {
  await Promise.all([gateway.close(), upstream.close()])
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  upstream.requests.length = 0
})

const SOUND = new Uint8Array([1, 2, 3, 4])
const recording = () => toFile(SOUND, 'speech.wav', { type: 'audio/wav' })
const says = (body: unknown) => {
  upstream.play = (response) => sayJson(response, 200, body)
}
const sent = () => JSON.parse(upstream.requests.at(-1)?.body ?? 'null')
/** What was lost; texts that were sent instead without the quotes around their JSON. */
const lostIn = ({ headers }: { headers: Headers }) => headers.get('dragoman-loss')?.replaceAll('\\"', '')
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('transcriptions', () => {
  it.each([
    ['openai', '/v1/audio/transcriptions'],
    ['groq', '/v1/audio/transcriptions'],
    ['together', '/v1/audio/transcriptions'],
    ['fireworks', '/v1/audio/transcriptions'],
    ['mistral', '/v1/audio/transcriptions'],
    ['deepinfra', '/v1/audio/transcriptions'],
    ['siliconflow', '/v1/audio/transcriptions'],
    ['sambanova', '/v1/audio/transcriptions'],
    ['zai', '/v1/audio/transcriptions'],
    ['vllm', '/v1/audio/transcriptions'],
    ['compactifai', '/v1/audio/transcriptions'],
    ['openai-compatible', '/v1/audio/transcriptions'],
    ['azure', '/openai/deployments/ears%2Flarge/audio/transcriptions?api-version=2024-10-21'],
  ])('of %s', async (slot, path) => {
    says({ text: 'Hello.' })
    const answer = await openai.audio.transcriptions.create({ file: await recording(), model: `${slot}/ears/large` })
    expect(answer.text).toBe('Hello.')
    expect(upstream.requests[0]?.path).toBe(path)
    expect(upstream.requests[0]?.body).toContain('name="model"\r\n\r\nears/large\r\n')
  })

  it('of a file that is read while it is sent', async () => {
    says({ text: 'Hello.' })
    const file = createReadStream(join(folder, 'speech.mp3'))
    const answer = await openai.audio.transcriptions.create({ model: 'openai/whisper-1', file })
    expect(answer.text).toBe('Hello.')
    expect(upstream.requests[0]?.body).toContain('filename="speech.mp3"')
  })

  it.each(['compactifai', 'siliconflow', 'mistral', 'together'])('of %s as text, made here', async (slot) => {
    says({ text: 'Hello.' })
    const asked = openai.audio.transcriptions.create({
      file: await recording(),
      model: `${slot}/ears`,
      response_format: 'text',
    })
    const { data, response } = await asked.withResponse()
    expect(data).toBe('Hello.\n')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(lostIn(response)).toContain('"response_format";kind=emulated')
    expect(upstream.requests[0]?.body).not.toContain('response_format')
  })

  it.each([
    ['compactifai', 'srt'],
    ['gemini', 'verbose_json'],
    ['groq', 'vtt'],
    ['workers', 'srt'],
  ] as const)('of %s in no format that it has not: %s', async (slot, response_format) => {
    const file = await recording()
    const asked = openai.audio.transcriptions.create({ file, model: `${slot}/whisper`, response_format })
    await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported_value', param: 'response_format' })
    expect(upstream.requests).toHaveLength(0)
  })

  const streamOf = async (model: string) => {
    const stream = await openai.audio.transcriptions.create({ file: await recording(), model, stream: true })
    const seen: string[] = []
    for await (const event of stream) {
      seen.push(event.type === 'transcript.text.delta' ? event.delta : `[${event.text}]`)
    }
    return seen
  }

  it('as a stream of a provider that has none', async () => {
    says({ text: 'Hello.' })
    expect(await streamOf('compactifai/ears')).toEqual(['Hello.', '[Hello.]'])
    expect(upstream.requests[0]?.body).not.toContain('name="stream"')
  })

  it('as a stream of a provider whose events are its own', async () => {
    const mistral = [
      { type: 'transcription.language', audio_language: 'en' },
      { type: 'transcription.text.delta', text: 'Hel' },
      { type: 'transcription.text.delta', text: 'lo.' },
      {
        type: 'transcription.done',
        text: 'Hello.',
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      },
    ]
    upstream.play = (response) =>
      sayStream(
        response,
        mistral.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`),
      )
    expect(await streamOf('mistral/voxtral-mini-latest')).toEqual(['Hel', 'lo.', '[Hello.]'])
    const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
    upstream.play = (response) => sayStream(response, [chunk('Hel'), chunk('lo.'), 'data: [DONE]\n\n'])
    expect(await streamOf('vllm/whisper')).toEqual(['Hel', 'lo.', '[Hello.]'])
    upstream.play = (response) => sayStream(response, [chunk('Hel')])
    await expect(streamOf('vllm/whisper')).rejects.toThrow(/before it was whole/)
  })

  it.each([
    ['gemini/gemini-2.5-flash', '/v1beta/models/gemini-2.5-flash:generateContent'],
    [
      'vertex/gemini-2.5-flash',
      '/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent',
    ],
  ])('of %s, which is told to', async (model, path) => {
    const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 2, totalTokenCount: 9 }
    const parts = [{ text: 'hm', thought: true }, { text: ' Hello.\n' }]
    says({ candidates: [{ content: { parts }, finishReason: 'STOP' }], usageMetadata })
    const { data, response } = await openai.audio.transcriptions
      .create({ file: await recording(), model, language: 'de', temperature: 0.5 })
      .withResponse()
    expect(data).toEqual({
      text: 'Hello.',
      usage: { type: 'tokens', input_tokens: 7, output_tokens: 2, total_tokens: 9 },
    })
    expect(lostIn(response)).toBe('"language";kind=emulated')
    expect(upstream.requests[0]?.path).toBe(path)
    const [{ inlineData }, { text }] = sent().contents[0].parts
    expect(inlineData).toEqual({ mimeType: 'audio/wav', data: Buffer.from(SOUND).toString('base64') })
    expect(text).toContain('The language that is spoken: de.')
    expect(sent().generationConfig).toEqual({ temperature: 0.5 })
    expect(upstream.requests[0]?.headers['content-length']).toBe(String(upstream.requests[0]?.body.length))
  })

  it('that is cut is no transcript', async () => {
    says({ candidates: [{ content: { parts: [{ text: 'Hel' }] }, finishReason: 'MAX_TOKENS' }] })
    const file = await recording()
    const asked = openai.audio.transcriptions.create({ file, model: 'gemini/gemini-2.5-flash' })
    await expect(asked).rejects.toMatchObject({ status: 502, code: 'upstream_truncated' })
    says({ promptFeedback: { blockReason: 'SAFETY' } })
    const refused = openai.audio.transcriptions.create({ file, model: 'gemini/gemini-2.5-flash' })
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'content_filter' })
  })

  it('of Workers AI, in both of its ways', async () => {
    says({ result: { text: ' Hello. ', vtt: 'WEBVTT\n\n00.000 --> 00.100\nHello.' }, success: true })
    const file = await recording()
    const turbo = { file, model: 'workers/@cf/openai/whisper-large-v3-turbo', language: 'de' }
    expect((await openai.audio.transcriptions.create(turbo)).text).toBe('Hello.')
    expect(upstream.requests[0]?.path).toBe('/ai/run/@cf/openai/whisper-large-v3-turbo')
    expect(sent()).toEqual({ audio: Buffer.from(SOUND).toString('base64'), language: 'de' })
    const vtt = await openai.audio.transcriptions.create({ ...turbo, response_format: 'vtt' })
    expect(vtt).toContain('WEBVTT')
    const plain = await openai.audio.transcriptions
      .create({ file, model: 'workers/@cf/openai/whisper', language: 'de' })
      .withResponse()
    expect(plain.data.text).toBe('Hello.')
    expect(lostIn(plain.response)).toBe('"language";kind=dropped')
    expect(upstream.requests.at(-1)?.headers['content-type']).toBe('audio/wav')
    expect(upstream.requests.at(-1)?.body).toBe(Buffer.from(SOUND).toString())
    const english = openai.audio.translations.create({ file, model: 'workers/@cf/openai/whisper' })
    await expect(english).rejects.toMatchObject({ status: 400, param: 'model' })
  })

  it('into English', async () => {
    says({ text: 'Hello.' })
    const file = await recording()
    expect((await openai.audio.translations.create({ file, model: 'groq/whisper-large-v3' })).text).toBe('Hello.')
    await expect(openai.audio.translations.create({ file, model: 'mistral/voxtral' })).rejects.toMatchObject({
      status: 404,
      code: 'unknown_url',
    })
  })
})

describe('speech', () => {
  const say = (model: string, more = {}) =>
    openai.audio.speech.create({ model, voice: 'alloy', input: 'Hello.', ...more })
  const plays = (bytes: string | Uint8Array, type = 'audio/mpeg') => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': type })
      response.end(bytes)
    }
  }

  it.each(['openai', 'groq', 'together', 'deepinfra', 'siliconflow', 'openai-compatible', 'vllm'])(
    'of %s, byte for byte',
    async (slot) => {
      const bytes = new Uint8Array(300_000).map((_, i) => (i * 7) % 251)
      plays(bytes)
      const response = await say(`${slot}/tts-1`, { speed: 1 })
      expect(response.headers.get('content-type')).toBe('audio/mpeg')
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
      expect(upstream.requests[0]?.path).toBe('/v1/audio/speech')
      expect(sent()).toMatchObject({ model: 'tts-1', input: 'Hello.', voice: 'alloy' })
    },
  )

  it('of Azure, at its deployment', async () => {
    plays('x')
    await say('azure/tts')
    expect(upstream.requests[0]?.path).toBe('/openai/deployments/tts/audio/speech?api-version=2024-10-21')
  })

  it('as events', async () => {
    const events = [
      { type: 'speech.audio.delta', audio: base64('abc') },
      { type: 'speech.audio.done', usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } },
    ].map((data) => `data: ${JSON.stringify(data)}\n\n`)
    upstream.play = (response) => sayStream(response, events)
    expect(await (await say('openai/gpt-4o-mini-tts', { stream_format: 'sse' })).text()).toBe(events.join(''))
    upstream.play = (response) => sayStream(response, events.slice(0, 1))
    expect(await (await say('openai/gpt-4o-mini-tts', { stream_format: 'sse' })).text()).toContain('upstream_truncated')
    await expect(say('groq/tts', { stream_format: 'sse' })).rejects.toMatchObject({
      status: 400,
      param: 'stream_format',
    })
  })

  it('that breaks off takes the connection along', async () => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      response.write('the beginning')
      setTimeout(() => response.destroy(), 50)
    }
    const response = await say('openai/tts-1')
    await expect(response.arrayBuffer()).rejects.toThrow()
  })

  it('of nothing is none', async () => {
    plays('')
    await expect(say('openai/tts-1')).rejects.toMatchObject({ status: 502, code: 'upstream_truncated' })
  })

  const samples = base64('abcdef')
  const spoken = () => {
    const inlineData = { mimeType: 'audio/L16;codec=pcm;rate=24000', data: samples }
    says({ candidates: [{ content: { parts: [{ inlineData }] }, finishReason: 'STOP' }] })
  }

  it('of Gemini is wav, and says so', async () => {
    spoken()
    const response = await say('gemini/gemini-2.5-flash-preview-tts', { instructions: 'Say happily' })
    expect(response.headers.get('content-type')).toBe('audio/wav')
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    expect([bytes.readUInt32LE(24), bytes.readUInt32LE(40), bytes.subarray(44).toString()]).toEqual([
      24_000,
      6,
      'abcdef',
    ])
    expect(lostIn(response)).toBe(
      '"response_format";kind=clamped;sent="wav", "voice";kind=clamped;sent="Kore", "instructions";kind=emulated',
    )
    expect(sent()).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say happily:\nHello.' }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    })
  })

  it('of Gemini may be bare samples, and is never another container', async () => {
    spoken()
    const response = await say('vertex/gemini-2.5-flash-tts', { response_format: 'pcm', voice: 'Puck' })
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['audio/pcm', 'abcdef'])
    expect(lostIn(response)).toBeUndefined()
    await expect(say('gemini/gemini-2.5-flash-preview-tts', { response_format: 'mp3' })).rejects.toMatchObject({
      status: 400,
      param: 'response_format',
    })
  })

  it('of Workers AI, in both of its ways', async () => {
    plays('ID3sound')
    const aura = await say('workers/@cf/deepgram/aura-1')
    expect([aura.headers.get('content-type'), await aura.text()]).toEqual(['audio/mpeg', 'ID3sound'])
    expect(sent()).toEqual({ text: 'Hello.', speaker: 'asteria', encoding: 'mp3' })
    says({ result: { audio: base64('RIFF....WAVEfmt ') }, success: true })
    const melo = await say('workers/@cf/myshell-ai/melotts')
    expect(melo.headers.get('content-type')).toBe('audio/wav')
    expect(lostIn(melo)).toBe('"voice";kind=dropped, "response_format";kind=clamped;sent="wav"')
    await expect(say('workers/@cf/myshell-ai/melotts', { response_format: 'mp3' })).rejects.toMatchObject({
      status: 502,
    })
  })

  it('is not to be had everywhere', async () => {
    await expect(say('mistral/voxtral')).rejects.toMatchObject({ status: 404, code: 'unknown_url' })
    await expect(say('bedrock/amazon.nova-sonic')).rejects.toMatchObject({ status: 404, code: 'unknown_url' })
  })
})

describe('images', () => {
  const PNG = 'iVBORw0KGgo='
  const paint = (model: string, more: Partial<OpenAI.ImageGenerateParamsNonStreaming> = {}) =>
    openai.images.generate({ model, prompt: 'A cat.', ...more }).withResponse()

  it.each(['openai', 'openai-compatible', 'vllm'])('of %s, byte for byte', async (slot) => {
    const body = {
      created: 1,
      data: [{ b64_json: PNG }],
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    }
    says(body)
    const { data, response } = await paint(`${slot}/gpt-image-1`, { size: '1536x1024', quality: 'high' })
    expect(data).toMatchObject(body)
    expect(lostIn(response)).toBeUndefined()
    expect(sent()).toEqual({ model: 'gpt-image-1', prompt: 'A cat.', size: '1536x1024', quality: 'high' })
  })

  it('of OpenAI as events, whole or torn', async () => {
    const events = [
      { type: 'image_generation.partial_image', b64_json: PNG, partial_image_index: 0 },
      { type: 'image_generation.completed', b64_json: PNG },
    ].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
    upstream.play = (response) => sayStream(response, events)
    const stream = await openai.images.generate({
      model: 'openai/gpt-image-1',
      prompt: 'A',
      stream: true,
      partial_images: 1,
    })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed'])
    upstream.play = (response) => sayStream(response, events.slice(0, 1))
    const torn = await openai.images.generate({ model: 'openai/gpt-image-1', prompt: 'A', stream: true })
    await expect(
      (async () => {
        for await (const _event of torn);
      })(),
    ).rejects.toThrow(/before it was whole/)
  })

  it.each([
    ['together', { width: 1024, height: 1536, response_format: 'base64' }, undefined],
    ['xai', { aspect_ratio: '2:3', response_format: 'b64_json' }, '"size";kind=clamped;sent="2:3"'],
    ['nebius', { width: 1024, height: 1536, response_format: 'b64_json' }, undefined],
    ['deepinfra', { size: '1024x1536' }, undefined],
  ])('of %s in its own words', async (slot, own, loss) => {
    says({ data: [{ b64_json: PNG }] })
    const { data, response } = await paint(`${slot}/flux`, { size: '1024x1536', response_format: 'b64_json' })
    expect(data.data).toEqual([{ b64_json: PNG }])
    expect(sent()).toEqual({ model: 'flux', prompt: 'A cat.', ...own })
    expect(lostIn(response)).toBe(loss)
  })

  it('of services that send addresses', async () => {
    says({ images: [{ url: 'https://x.example/1.png' }] })
    const { data } = await paint('siliconflow/Kolors', { n: 2, size: '1024x1024' })
    expect(data.data).toEqual([{ url: 'https://x.example/1.png' }])
    expect(sent()).toEqual({ model: 'Kolors', prompt: 'A cat.', batch_size: 2, image_size: '1024x1024' })
    await expect(paint('zai/cogview-4', { response_format: 'b64_json' })).rejects.toMatchObject({
      status: 400,
      param: 'response_format',
    })
  })

  it('of Fireworks, which sends the file', async () => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' })
      response.end('jpeg')
    }
    const { data } = await paint('fireworks/accounts/fireworks/models/flux-1-schnell-fp8')
    expect(data.data).toEqual([{ b64_json: base64('jpeg') }])
    expect(upstream.requests[0]?.path).toBe('/v1/workflows/accounts/fireworks/models/flux-1-schnell-fp8/text_to_image')
  })

  it('of Gemini, one a call', async () => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: PNG } }]
    says({
      candidates: [{ content: { parts }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 },
    })
    const { data, response } = await paint('gemini/gemini-2.5-flash-image', {
      n: 2,
      size: '1536x1024',
      response_format: 'url',
    })
    expect(data.data).toEqual([1, 2].map(() => ({ url: `data:image/png;base64,${PNG}` })))
    expect(data.usage).toEqual({ input_tokens: 6, output_tokens: 10, total_tokens: 16 })
    expect(response.headers.get('dragoman-attempts')).toBe('2')
    expect(lostIn(response)).toBe('"n";kind=emulated, "response_format";kind=emulated, "size";kind=clamped;sent="3:2"')
    expect(sent().generationConfig).toEqual({ responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:2' } })
    says({ candidates: [{ finishReason: 'IMAGE_SAFETY' }] })
    await expect(paint('gemini/gemini-2.5-flash-image')).rejects.toMatchObject({ status: 400, code: 'content_filter' })
  })

  it.each([
    ['gemini', '/v1beta/models/imagen-4.0-generate-001:predict'],
    ['vertex', '/v1/projects/p/locations/us-central1/publishers/google/models/imagen-4.0-generate-001:predict'],
  ])('of Imagen on %s', async (slot, path) => {
    says({ predictions: [{ bytesBase64Encoded: PNG, mimeType: 'image/png' }, { bytesBase64Encoded: PNG }] })
    const { data } = await paint(`${slot}/imagen-4.0-generate-001`, {
      n: 2,
      output_format: 'jpeg',
      output_compression: 80,
    })
    expect(data.data).toHaveLength(2)
    expect(upstream.requests.map((one) => one.path)).toEqual([path])
    expect(sent()).toEqual({
      instances: [{ prompt: 'A cat.' }],
      parameters: {
        sampleCount: 2,
        outputOptions: { mimeType: 'image/jpeg', compressionQuality: 80 },
        includeRaiReason: true,
      },
    })
    says({ predictions: [{ raiFilteredReason: 'No people.' }] })
    await expect(paint(`${slot}/imagen-4.0-generate-001`)).rejects.toMatchObject({ code: 'content_filter' })
  })

  it('of Bedrock, in both of its forms', async () => {
    says({ images: [PNG] })
    const { response } = await paint('bedrock/amazon.nova-canvas-v1:0', { size: '1024x1024', quality: 'high', n: 3 })
    expect(upstream.requests[0]?.path).toBe('/model/amazon.nova-canvas-v1%3A0/invoke')
    expect(sent()).toEqual({
      taskType: 'TEXT_IMAGE',
      textToImageParams: { text: 'A cat.' },
      imageGenerationConfig: { numberOfImages: 3, width: 1024, height: 1024, quality: 'premium' },
    })
    expect(lostIn(response)).toBe('"quality";kind=clamped;sent="premium"')
    await paint('bedrock/us.stability.stable-image-core-v1:1', { output_format: 'jpeg' })
    expect(sent()).toEqual({ prompt: 'A cat.', output_format: 'jpeg', mode: 'text-to-image' })
    says({ images: [''], finish_reasons: ['Filter reason: prompt'] })
    await expect(paint('bedrock/stability.sd3-5-large-v1:0')).rejects.toMatchObject({ code: 'content_filter' })
    await expect(paint('bedrock/amazon.nova-lite-v1:0')).rejects.toMatchObject({ status: 404 })
  })

  it('of Workers AI, and as an event', async () => {
    says({ result: { image: '/9j/4AAQ' }, success: true })
    const { data } = await paint('workers/@cf/black-forest-labs/flux-1-schnell')
    expect(data.data).toEqual([{ b64_json: '/9j/4AAQ' }])
    expect(upstream.requests[0]?.path).toBe('/ai/run/@cf/black-forest-labs/flux-1-schnell')
    const stream = await openai.images.generate({
      model: 'workers/@cf/black-forest-labs/flux-1-schnell',
      prompt: 'A',
      stream: true,
    })
    for await (const event of stream)
      expect(event).toMatchObject({ type: 'image_generation.completed', b64_json: '/9j/4AAQ' })
  })

  it('keeps to the limits of a request', async () => {
    await expect(paint('gemini/gemini-2.5-flash-image', { n: 9 })).rejects.toMatchObject({
      code: 'integer_above_max_value',
    })
    await expect(paint('gemini/gemini-2.5-flash-image', { size: 'large' as never })).rejects.toMatchObject({
      param: 'size',
    })
    await expect(paint('openai/dall-e-3', { n: 11 })).rejects.toMatchObject({ status: 400, param: 'n' })
    await expect(openai.images.generate({ model: 'groq/x', prompt: 'A' })).rejects.toMatchObject({
      status: 404,
      code: 'unknown_url',
    })
    for (const path of ['edits', 'variations']) {
      expect((await fetch(`${gateway.url}/v1/images/${path}`, { method: 'POST' })).status).toBe(404)
    }
  })
})

describe('what would be sent', () => {
  const shown = async (endpoint: string, body: BodyInit, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}/v1/translate?endpoint=${endpoint}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${openai.apiKey}`, ...headers },
    })
    expect([response.status, upstream.requests.length]).toEqual([200, 0])
    const { requests }: { requests: Record<string, unknown>[] } = JSON.parse(await response.text())
    return requests
  }

  it('of an image, as often as there are images', async () => {
    const asked = JSON.stringify({ model: 'gemini/gemini-2.5-flash-image', prompt: 'A cat.', n: 2 })
    const requests = await shown('/v1/images/generations', asked, { 'content-type': 'application/json' })
    expect(requests).toHaveLength(2)
    expect(requests[0]).toMatchObject({ body: { contents: [{ parts: [{ text: 'A cat.' }] }] } })
  })

  it('of a form, by its length; and of a recording that becomes JSON', async () => {
    const form = (model: string) => {
      const fields = new FormData()
      fields.append('model', model)
      fields.append('file', new Blob([SOUND]), 'a.wav')
      return fields
    }
    const [passed] = await shown('/v1/audio/transcriptions', form('openai/whisper-1'))
    expect(passed).toMatchObject({ url: `${upstream.url}/v1/audio/transcriptions`, upload: expect.any(Number) })
    const [written] = await shown('/v1/audio/transcriptions', form('gemini/gemini-2.5-flash'))
    expect(written).toMatchObject({ body: { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav' } }, {}] }] } })
  })
})
