// Requests that others have sent to the real service, recorded with its answers: what it took, the demo takes.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BETAS } from '../../demo/anthropic/betas.ts'
import { CORPUS } from '../../scripts/corpus-count.ts'
import { type Fields, OLD, refusal } from './requests.ts'

const corpus = join(CORPUS, 'anthropic')

describe.skipIf(!existsSync(corpus))('recorded requests', () => {
  const cases = existsSync(corpus) ? readdirSync(corpus) : []
  const requests = cases.filter((name) => existsSync(join(corpus, name, 'request.json')))
  const read = (name: string, file: string) => JSON.parse(readFileSync(join(corpus, name, file), 'utf8')) as Fields

  it.each(requests)('%s', (name) => {
    const answer = refusal(read(name, 'request.json'), { ...OLD, betas: BETAS })
    const { status } = read(name, 'case.json')
    // What was refused when it was recorded may be refused here, and with the same status; nothing else may.
    if (Number(status) < 400) expect(answer).toBeUndefined()
    else if (answer) expect(answer.status).toBe(status)
  })
})
