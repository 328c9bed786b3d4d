// The models a key can name: https://platform.openai.com/docs/api-reference/models
import { asGatewayError, GatewayError } from './hub/error.ts'
import { lossHeader } from './hub/loss.ts'
import type { ListedModel } from './hub/models.ts'
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import { allowedAliases, allows, routes } from './keys/route.ts'
import type { Slot } from './keys/slot.ts'
import { slotModels } from './model-lists.ts'
import { providers } from './providers/index.ts'
import { timesOf } from './timeouts.ts'
import { admit } from './translate.ts'

type Model = ListedModel & { readonly object: 'model' }

/** `GET /v1/models`: aliases first, then each slot's models as `slot/model`. Slots that cannot be asked are told of. */
export async function listModels(c: AppContext): Promise<Response> {
  const journey = c.get('journey')
  const binding = await enter(c)
  const slots = [...binding.slots.values()]
  const lists = await journey.time('upstream', Promise.allSettled(slots.map((slot) => modelsOf(c, binding, slot))))
  const failed = lists.find((list) => list.status === 'rejected')
  if (failed && lists.every((list) => list.status === 'rejected')) throw asGatewayError(failed.reason)
  const missing = slots.filter((_slot, i) => {
    const list = lists[i]
    return list?.status !== 'fulfilled' || list.value.partial
  })
  const reason = 'Not all models of this slot could be listed.'
  const told = lossHeader(missing.map(({ name }) => ({ path: `data[${name}]`, kind: 'dropped', reason })))
  if (told !== undefined) journey.headers['dragoman-loss'] = told
  const all = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value.models : []))
  const aliases = allowedAliases(binding).map((alias) => {
    const target = firstTarget(binding, alias)
    return aliasOf(
      alias,
      all.find(({ id }) => id === target),
    )
  })
  journey.settle('complete')
  return c.json({ object: 'list', data: [...aliases, ...all] })
}

/** `GET /v1/models/{id}`: an alias, a `slot/model`, or a model of the slot that a bare name means. */
export async function showModel(c: AppContext, id: string): Promise<Response> {
  const binding = await enter(c)
  const [{ slot, name }] = routes(binding, id)
  const isAlias = !binding.slots.has(id.split('/', 1)[0] ?? '') && binding.aliases.has(id)
  const asking = modelsOf(c, binding, slot).catch((thrown) => {
    // The key itself says that there is an alias.
    if (!isAlias) throw thrown
    return { models: [] }
  })
  const { models } = await c.get('journey').time('upstream', asking)
  const listed = models.find((one) => one.id === name)
  const model = isAlias ? aliasOf(id, listed) : listed && { ...listed, id }
  if (!model) {
    throw new GatewayError('model_not_found', 'The model does not exist or you do not have access to it.', {
      param: 'model',
    })
  }
  c.get('journey').settle('complete')
  return c.json(model)
}

async function enter(c: AppContext): Promise<Binding> {
  c.executionCtx.waitUntil(c.get('journey').over)
  return admit(c)
}

/** An alias can what the first of its targets can, as far as that is known. */
function aliasOf(alias: string, target: Model | undefined): Model {
  return { created: 0, ...target, id: alias, object: 'model', owned_by: 'dragoman' }
}

/** What an alias stands for first; undefined where nothing of it can be used at present. */
function firstTarget(binding: Binding, alias: string): string | undefined {
  try {
    return routes(binding, alias)[0].name
  } catch {
    return undefined
  }
}

/** @throws GatewayError the slot's own fault, or what kept its provider from answering. */
async function modelsOf(c: AppContext, binding: Binding, slot: Slot): Promise<{ models: Model[]; partial: boolean }> {
  if (slot.fault) throw slot.fault
  const provider = providers.get(slot.provider)
  if (!provider) return { models: [], partial: false }
  const { models, partial } = await slotModels({ c, slot, provider, times: timesOf(binding.timeouts) })
  const named = models.flatMap((model): Model[] => {
    const id = `${slot.name}/${model.id}`
    return allows(binding, id, id) ? [{ ...model, id, object: 'model' }] : []
  })
  return { models: named, partial }
}
