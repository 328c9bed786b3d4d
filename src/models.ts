// The models a key can name: https://platform.openai.com/docs/api-reference/models
import { textOf } from './answers.ts'
import { asGatewayError, GatewayError } from './hub/error.ts'
import type { Provider } from './hub/provider.ts'
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import { allowedAliases, allows } from './keys/route.ts'
import type { Slot } from './keys/slot.ts'
import { providers } from './providers/index.ts'
import { type Times, timesOf } from './timeouts.ts'
import { admit } from './translate.ts'
import { refusalText, send } from './upstream.ts'

interface Model {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
}

interface Asked {
  readonly c: AppContext
  readonly slot: Slot
  readonly provider: Provider
  readonly times: Times
}

/** A provider with more pages than this is one that never ends. */
const MAX_PAGES = 20

/** `GET /v1/models`: aliases first, then each slot's models as `slot/model`. */
export async function listModels(c: AppContext): Promise<Response> {
  const data = await modelsOf(c)
  c.get('journey').settle('complete')
  return c.json({ object: 'list', data })
}

/** `GET /v1/models/{id}`. */
export async function showModel(c: AppContext, id: string): Promise<Response> {
  const model = (await modelsOf(c)).find((one) => one.id === id)
  if (!model) {
    throw new GatewayError('model_not_found', 'The model does not exist or you do not have access to it.', {
      param: 'model',
    })
  }
  c.get('journey').settle('complete')
  return c.json(model)
}

/** @throws GatewayError when no slot at all can be asked: one that cannot is no reason to hide the others. */
async function modelsOf(c: AppContext): Promise<Model[]> {
  const journey = c.get('journey')
  c.executionCtx.waitUntil(journey.over)
  const binding = await admit(c)
  const aliases = allowedAliases(binding).map(
    (id): Model => ({ id, object: 'model', created: 0, owned_by: 'dragoman' }),
  )
  const slots = [...binding.slots.values()].filter((slot) => !slot.fault)
  const lists = await journey.time('upstream', Promise.allSettled(slots.map((slot) => slotModels(c, binding, slot))))
  const failed = lists.find((list) => list.status === 'rejected')
  if (failed && lists.every((list) => list.status === 'rejected')) throw asGatewayError(failed.reason)
  return [...aliases, ...lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []))]
}

async function slotModels(c: AppContext, binding: Binding, slot: Slot): Promise<Model[]> {
  const provider = providers.get(slot.provider)
  if (!provider) return []
  const asked: Asked = { c, slot, provider, times: timesOf(binding.timeouts) }
  const models: Model[] = []
  let after: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const path = provider.models.path(after, slot)
    if (path === undefined) break
    const { models: some, next } = provider.models.read(await fetchPage(asked, path))
    for (const { id, created, owned_by } of some) {
      const name = `${slot.name}/${id}`
      if (allows(binding, name, name)) models.push({ id: name, object: 'model', created, owned_by })
    }
    if (next === undefined) break
    after = next
  }
  return models
}

async function fetchPage({ c, slot, provider, times }: Asked, path: string): Promise<unknown> {
  const { headers, signal } = c.req.raw
  const message = { method: 'GET', path, headers: {} } as const
  const response = await send(slot, provider, message, {
    client: headers,
    signal,
    headMs: times.firstByteMs,
    bindings: c.env,
  })
  if (!response.ok) {
    const refusal = { status: response.status, headers: response.headers, body: await refusalText(response, times) }
    throw provider.refuse(refusal, slot.name, undefined)
  }
  try {
    return JSON.parse(await textOf(response, times.idleMs))
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider sent a list that is not JSON.', { cause })
  }
}
