import { expect, it } from 'vitest'
import { huggingface } from '../../../src/providers/huggingface/index.ts'
import { NO_HEADERS, SENT } from '../../account.ts'

it.each([
  ['whoever the token belongs to', {}, {}],
  ['the organization that the slot names', { organization: 'our-org' }, { 'x-hf-bill-to': 'our-org' }],
])('is paid by %s', async (_name, slot, more) => {
  const headers = await huggingface.headers({ name: 'a', credential: 'k', ...slot }, NO_HEADERS, SENT)
  expect(headers).toEqual({ authorization: 'Bearer k', ...more })
})
