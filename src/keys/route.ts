// From the model a client names to what is called, in order of fallback (docs/keys.md, "Naming models").
import { GatewayError, scrub } from '../hub/error.ts'
import type { Binding, Target } from './binding.ts'
import type { Slot } from './slot.ts'

/** One thing to try. */
export interface Route {
  readonly slot: Slot
  /** The model as the provider names it. */
  readonly model: string
  /** `slot/model`: the header `dragoman-route`. */
  readonly name: string
  /** Its share, where an alias' list is weighted. */
  readonly weight?: number
}

/** Names enough to choose from; a key may have hundreds. */
const MOST_CHOICES = 20

/**
 * What a model's name stands for under this key: `slot/model`; else an alias; else a model of the default slot; else of
 * the only slot. Targets outside `allowed_models` are left out, and so are slots that cannot be used while others can.
 * @param random from 0 up to, but not including, 1: draws among targets that have a weight.
 * @returns at least one route, in order of fallback
 * @throws GatewayError 404 `model_not_found`, naming the choices; a slot's own fault if only such slots are left.
 */
export function routes(binding: Binding, model: string, random = Math.random): readonly [Route, ...Route[]] {
  const found = resolve(binding, model).filter(({ name }) => allows(binding, model, name))
  const [first, ...rest] = drawn(
    found.filter(({ slot }) => !slot.fault),
    random,
  )
  if (first) return [first, ...rest]
  throw found.find(({ slot }) => slot.fault)?.slot.fault ?? notFound(binding, model)
}

/**
 * A list in the order in which it is tried. Neighbours that have a weight are drawn, each in proportion, until none is
 * left; what has none keeps its place.
 */
function drawn(found: readonly Route[], random: () => number): Route[] {
  const order: Route[] = []
  let urn: Route[] = []
  for (const route of found) {
    if (route.weight === undefined) {
      order.push(...shuffled(urn, random), route)
      urn = []
    } else urn.push(route)
  }
  return [...order, ...shuffled(urn, random)]
}

/** Each one's key is greater than another's as often as its weight says: Efraimidis and Spirakis, 2006. */
function shuffled(urn: readonly Route[], random: () => number): Route[] {
  if (urn.length < 2) return [...urn]
  const keyed = urn.map((route) => ({ route, key: Math.log(random()) / (route.weight ?? 1) }))
  return keyed.sort((a, b) => b.key - a.key).map(({ route }) => route)
}

/** The aliases a client of this key may name, in the key's order. */
export function allowedAliases(binding: Binding): string[] {
  return [...binding.aliases.keys()].filter((alias) =>
    resolve(binding, alias).some(({ name }) => allows(binding, alias, name)),
  )
}

/** Whether `allowed_models` has a pattern for the name as sent (an alias is one) or for what it stands for. */
export function allows({ allowedModels, token }: Binding, sent: string, name: string): boolean {
  const lists = [allowedModels, token?.models]
  return lists.every((patterns) => !patterns || patterns.some((matches) => matches(sent) || matches(name)))
}

function resolve(binding: Binding, model: string): Route[] {
  const direct = inSlot(binding, { model })
  if (direct) return [direct]
  const targets = binding.aliases.get(model)
  // A target is looked up as a name is, but never as an alias again: there are no circles.
  return (targets ?? [{ model }])
    .map((target) => inSlot(binding, target) ?? inDefault(binding, target))
    .filter((route) => route !== undefined)
}

function inSlot(binding: Binding, target: Target): Route | undefined {
  const slash = target.model.indexOf('/')
  const slot = slash < 0 ? undefined : binding.slots.get(target.model.slice(0, slash))
  const model = target.model.slice(slash + 1)
  return slot && model !== '' ? routeTo(slot, model, target) : undefined
}

function inDefault(binding: Binding, target: Target): Route | undefined {
  const { slots, defaultProvider } = binding
  const [only] = slots.size === 1 ? slots.values() : []
  const slot = defaultProvider === undefined ? only : slots.get(defaultProvider)
  return slot && target.model !== '' ? routeTo(slot, target.model, target) : undefined
}

function routeTo(slot: Slot, model: string, { weight }: Target): Route {
  return { slot, model, name: `${slot.name}/${model}`, ...(weight !== undefined && { weight }) }
}

function notFound(binding: Binding, model: string): GatewayError {
  const choices = [...allowedAliases(binding), ...[...binding.slots.keys()].map((slot) => `${slot}/<model>`)]
  const more = choices.length > MOST_CHOICES ? ', …' : ''
  // Scrubbed, because what a client sends as a model may be anything, its key included.
  return new GatewayError(
    'model_not_found',
    `The model '${scrub(model.slice(0, 200))}' does not exist or you do not have access to it. This key knows: ${choices.slice(0, MOST_CHOICES).join(', ')}${more}.`,
  )
}
