import { expect, it } from 'vitest'
import { piecesUpload, textUpload, Upload } from '../../src/wire/upload.ts'

const read = async (upload: Upload): Promise<string> => new Response(upload.flow(1000).readable).text()

it('sends a long text whole, whatever its characters, as often as it is asked', async () => {
  for (const text of ['a'.repeat(200_000), 'ä😀'.repeat(60_000), `${'x'.repeat(65_535)}😀${'y'.repeat(10)}`]) {
    const upload = textUpload('application/json', text)
    expect(upload.length).toBe(new TextEncoder().encode(text).length)
    expect(await read(upload)).toBe(text)
    expect(await read(upload)).toBe(text)
  }
})

it('sends pieces that are there', async () => {
  const upload = piecesUpload('text/plain', [new Uint8Array(600_000).fill(65), new TextEncoder().encode('end')])
  expect([upload.length, upload.again]).toEqual([600_003, true])
  expect((await read(upload)).length).toBe(600_003)
})

it('breaks off where its pieces do, and says why', async () => {
  const why = new Error('No more.')
  async function* pieces() {
    yield new Uint8Array(10)
    throw why
  }
  const upload = new Upload('text/plain', pieces, { again: false })
  await expect(read(upload)).rejects.toThrow()
  expect([upload.failure, upload.begun]).toEqual([why, true])
})

it('does not wait for ever for somebody who takes nothing', async () => {
  const upload = piecesUpload('text/plain', [new Uint8Array(100)])
  const { readable, over } = upload.flow(20)
  await over
  await expect(new Response(readable).text()).rejects.toThrow()
  expect(upload.failure).toBeUndefined()
})
