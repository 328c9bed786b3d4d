import { describe, expect, it } from 'vitest'
import { type Fetching, fetchMedia } from '../../src/media/fetch.ts'
import { held, networkOf, picture, redirect } from './network.ts'

const URL_ = 'https://pictures.example/a.png?token=secret'

function fetching(network: Fetching['network'], left = 1_000_000): Fetching {
  return { network, own: 'gateway.example.com', signal: new AbortController().signal, left }
}

const from = (response: () => Response, left?: number) => fetchMedia(URL_, fetching(networkOf(response), left))

describe('what is asked', () => {
  it('is the address, with nothing of the client’s', async () => {
    const network = networkOf(() => held(picture(), 'image/png'))
    await fetchMedia(URL_, fetching(network))
    expect(network.asked.map(({ url }) => url)).toEqual([URL_])
    const { headers, redirect, method, body } = network.asked[0]?.init ?? {}
    expect(Object.keys(headers ?? {})).toEqual(['accept', 'user-agent'])
    expect([redirect, method, body]).toEqual(['manual', undefined, undefined])
  })

  it('is nothing for an address that is refused', async () => {
    const network = networkOf(() => held(picture(), 'image/png'))
    await expect(fetchMedia('https://169.254.169.254/', fetching(network))).rejects.toThrow('not a public name')
    await expect(fetchMedia('nonsense', fetching(network))).rejects.toThrow('its address is none')
    expect(network.asked).toEqual([])
  })
})

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('of status %i are followed', async (status) => {
    const network = networkOf((url) => (url === URL_ ? redirect('/b.png', status) : held(picture(), 'image/png')))
    expect((await fetchMedia(URL_, fetching(network))).type).toBe('image/png')
    expect(network.asked.map(({ url }) => url)).toEqual([URL_, 'https://pictures.example/b.png'])
    expect(network.asked[1]?.init.redirect).toBe('manual')
  })

  it('that have no body are followed, too', async () => {
    const network = networkOf((url) =>
      url === URL_
        ? new Response(null, { status: 302, headers: { location: '/b.png' } })
        : held(picture(), 'image/png'),
    )
    expect((await fetchMedia(URL_, fetching(network))).type).toBe('image/png')
  })

  it('are three at most', async () => {
    const network = networkOf((url) => redirect(`${url}x`))
    await expect(fetchMedia(URL_, fetching(network))).rejects.toThrow('it redirects too often')
    expect(network.asked).toHaveLength(4)
  })

  it.each([
    ['http://pictures.example/', 'it redirects, and only https addresses are fetched'],
    ['https://127.0.0.1/', 'it redirects, and its host is not a public name'],
    ['//localhost/', 'it redirects, and its host is not a public name'],
    ['https://gateway.example.com/', "it redirects, and its host is the gateway's own"],
    ['https://a:b@pictures.example/', 'it redirects, and its address holds a user name or a password'],
    ['https://[::1', 'its address is none'],
  ])('to %s are not followed', async (location, why) => {
    const network = networkOf(() => redirect(location))
    await expect(fetchMedia(URL_, fetching(network))).rejects.toThrow(why)
    expect(network.asked).toHaveLength(1)
  })

  it.each([
    ['that say not where', undefined, 302],
    ['that are none', '/b.png', 304],
  ])('%s are answers like others', async (_, location, status) => {
    const answer =
      status === 304 ? new Response(null, { status, headers: { location: location ?? '' } }) : redirect(location)
    await expect(from(() => answer)).rejects.toThrow(`its server answered ${status}`)
  })
})

describe('what came', () => {
  it.each([
    ['what it is called', picture(), 'image/png', 'image/png'],
    ['what it is', picture(), 'image/jpeg', 'image/png'],
    ['what it is, where nothing says it', picture(), 'application/octet-stream', 'image/png'],
    ['what it is, where it is called a text', '%PDF-1.4', 'text/plain', 'application/pdf'],
    ['what it is called, with parameters', 'OggS', 'Audio/Ogg; codecs=opus', 'audio/ogg'],
    ['what it is called, where nobody knows it', '<svg/>', 'image/svg+xml', 'image/svg+xml'],
  ])('is %s', async (_, bytes, contentType, type) => {
    const { type: found, base64 } = await from(() => held(bytes, contentType))
    expect(found).toBe(type)
    expect(Buffer.from(base64, 'base64')).toEqual(Buffer.from(bytes))
  })

  it.each([
    ['a page', '<html>', 'text/html'],
    ['a page that is called a picture', '<html>', 'image/png'],
    ['a page that is called a picture in the old way', '<html>', 'image/jpg'],
    ['a page that is called a PDF', '<html>', 'application/pdf'],
    ['JSON', '{}', 'application/json'],
    ['a film', 'abcd', 'video/mp4'],
    ['nothing', '', 'image/png'],
    ['nothing of any type', '', 'audio/mpeg'],
    ['something without a type', 'abcd', ''],
    ['half a type', 'abcd', 'image/'],
  ])('is refused where it is %s', async (_, bytes, contentType) => {
    await expect(from(() => held(bytes, contentType))).rejects.toMatchObject({
      message: 'it is no image, audio or PDF',
      foreign: true,
    })
  })

  it('is known by itself where no type is named', async () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(picture())
        controller.close()
      },
    })
    expect((await from(() => new Response(body))).type).toBe('image/png')
  })

  it.each([404, 403, 500, 204])('is refused with status %i', async (status) => {
    const answer = () =>
      new Response(status === 204 ? null : 'no', { status, headers: { 'content-type': 'image/png' } })
    await expect(from(answer)).rejects.toThrow(status === 204 ? 'no image' : `its server answered ${status}`)
  })

  it.each([0, 1, 2, 3, 1000, 24_575, 24_576, 24_577, 60_000])('is whole, of %i bytes in pieces', async (size) => {
    const bytes = picture(size + 8)
    const pieces = [0, 7, 8, 31, 24_583, 24_590, 50_000].filter((at) => at < bytes.length)
    const body = new ReadableStream({
      start: (controller) => {
        for (const [i, at] of pieces.entries()) controller.enqueue(bytes.slice(at, pieces[i + 1]))
        controller.close()
      },
    })
    const { base64 } = await from(() => new Response(body, { headers: { 'content-type': 'image/png' } }))
    expect(base64).toBe(Buffer.from(bytes).toString('base64'))
  })
})

describe('what is too large', () => {
  it('is not read where its head says so', async () => {
    let pulled = 0
    let cancelled = false
    const body = new ReadableStream(
      {
        pull: () => void pulled++,
        cancel: () => {
          cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    const answer = new Response(body, { headers: { 'content-type': 'image/png', 'content-length': '1001' } })
    await expect(from(() => answer, 1000)).rejects.toThrow('there is more than 20 MB to fetch')
    expect([pulled, cancelled]).toEqual([0, true])
  })

  it('is read no further where its head says nothing', async () => {
    let cancelled = false
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(picture(400)),
      cancel: () => {
        cancelled = true
      },
    })
    await expect(from(() => new Response(body), 1000)).rejects.toThrow('there is more than 20 MB to fetch')
    expect(cancelled).toBe(true)
  })

  it('is all of a request together', async () => {
    const network = networkOf(() => held(picture(400), 'image/png'))
    const all = fetching(network, 1000)
    await fetchMedia(URL_, all)
    await fetchMedia(URL_, all)
    expect(all.left).toBe(200)
    await expect(fetchMedia(URL_, all)).rejects.toThrow('there is more than 20 MB to fetch')
  })

  it('is not what is just as much', async () => {
    const answer = () => held(picture(400), 'image/png', { 'content-length': '400' })
    expect((await from(answer, 400)).type).toBe('image/png')
  })
})
