// What the slot says: who pays, and where the service is.
import { expect, it } from 'vitest'
import { githubModels } from '../../../src/providers/github-models/index.ts'
import { NO_HEADERS, SENT } from '../../account.ts'

const { baseUrl, headers, models } = githubModels

it.each([
  [{}, 'https://models.github.ai/inference'],
  [{ organization: 'our org' }, 'https://models.github.ai/orgs/our%20org/inference'],
])('is for %j at %s', (slot, address) => {
  expect(typeof baseUrl === 'function' && baseUrl({ name: 'a', ...slot })).toBe(address)
})

it('says which version of the interface is meant', async () => {
  expect(await headers({ name: 'a', credential: 'k' }, NO_HEADERS, SENT)).toEqual({
    authorization: 'Bearer k',
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  })
})

it('has one catalog of models, on the host that the slot names', () => {
  expect(models.path(undefined, { name: 'a', organization: 'o' })).toBe('https://models.github.ai/catalog/models')
  expect(models.path(undefined, { name: 'a', baseUrl: 'https://ghe.example/inference' })).toBe(
    'https://ghe.example/catalog/models',
  )
  const [model] = models.read([{ id: 'openai/gpt-4.1', name: 'GPT-4.1', publisher: 'OpenAI' }]).models
  expect(model).toEqual({ id: 'openai/gpt-4.1', created: 0, owned_by: 'github-models', display_name: 'GPT-4.1' })
})
