// The rules of a new key that its schema cannot know: slots that must exist, what a provider needs, where an upstream
// may be, which secrets are ours alone, and the clock. Refusals name the field and never quote it.
import { type CreateRequest, createRequest, type SlotRequest } from '../../schemas/binding.ts'
import type { GatewayError } from '../hub/error.ts'
import type { CredentialForm, Provider, SlotField } from '../hub/provider.ts'
import { refusal, refuseField, refuseMissing, refuseUnknown } from './refusal.ts'
import { formOf, OWN_SECRETS, readCredential, secretNameIn, secretOf } from './slot.ts'
import { baseUrlFault } from './upstream.ts'

/** What a slot must bring, provider by provider. */
export type ProviderFacts = Pick<Provider, 'credential' | 'needs' | 'credentialForms'> & {
  /** The public address; a slot of a provider without one must bring its own. */
  readonly baseUrl?: Provider['baseUrl']
}

export interface ValidationContext {
  /** By name, in the order they are told of. */
  readonly providers: ReadonlyMap<string, ProviderFacts>
  readonly env: Env
  /** Epoch milliseconds. */
  readonly now: number
}

/** Headers that are ours to set: of the connection and the body, by RFC 9110 §7.6.1 and the Fetch standard. */
const OWN_HEADERS = new Set(
  `accept-encoding connection content-encoding content-length content-type expect host keep-alive proxy-connection
   te trailer transfer-encoding upgrade via`.split(/\s+/),
)
/** Headers that carry credentials, by whatever name: they are stored as they are, and shown again. */
const AUTH_HEADER = /auth|api-?key|cookie|credential|password|secret|signature|token/i

/**
 * Checks the body of `POST /admin/keys`, or what a patch makes of a binding.
 * @throws GatewayError 400 with `param`.
 */
export function validateCreate(body: unknown, context: ValidationContext): CreateRequest {
  refuseProto(body, [])
  const parsed = createRequest.safeParse(body)
  if (!parsed.success) throw refusal(parsed.error.issues, body)
  const request = parsed.data
  const slots = Object.entries(request.providers)
  if (slots.length === 0) throw refuseField('invalid_value', 'providers', 'Expected at least one slot.')
  for (const [name, slot] of slots) checkSlot(name, slot, context)
  checkModels(request)
  if (request.default_provider !== undefined && !hasSlot(request, request.default_provider)) {
    throw refuseField('invalid_value', 'default_provider', 'Expected the name of a slot.')
  }
  if (request.expires_at !== undefined && Date.parse(request.expires_at) <= context.now) {
    throw refuseField('invalid_value', 'expires_at', 'Expected a time in the future.')
  }
  request.origins?.forEach((origin, i) => {
    if (!isOrigin(origin))
      throw refuseField('invalid_value', `origins[${i}]`, 'Expected an origin: scheme://host[:port].')
  })
  return request
}

/** Records of the schema pass over a field of this name in silence, and what nobody knows is to be refused. */
export function refuseProto(value: unknown, path: readonly PropertyKey[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) throw refuseUnknown([...path, '__proto__'])
  for (const [key, item] of Object.entries(value)) {
    refuseProto(item, [...path, Array.isArray(value) ? Number(key) : key])
  }
}

function checkSlot(name: string, slot: SlotRequest, { providers, env }: ValidationContext): void {
  const at = `providers.${name}`
  const facts = providers.get(slot.provider ?? name)
  if (!facts) {
    const where = slot.provider === undefined ? at : `${at}.provider`
    throw refuseField('invalid_value', where, `Expected a provider: ${[...providers.keys()].join(', ')}.`)
  }
  if (slot.base_url !== undefined) {
    const fault = baseUrlFault(slot.base_url, env.ALLOW_HTTP_UPSTREAMS)
    if (fault) throw refuseField('invalid_value', `${at}.base_url`, fault)
  } else {
    if (facts.baseUrl === undefined) throw refuseMissing(`${at}.base_url`)
    for (const field of needsOf(slot, facts, env)) if (slot[field] === undefined) throw refuseMissing(`${at}.${field}`)
  }
  checkHeaders(slot.headers ?? {}, `${at}.headers`)
  if (slot.credential !== undefined) checkCredential(slot.credential, facts, env, `${at}.credential`)
  else if (facts.credential === 'required') throw refuseMissing(`${at}.credential`)
}

function needsOf({ credential: sent }: SlotRequest, { needs = [] }: ProviderFacts, env: Env): readonly SlotField[] {
  if (typeof needs !== 'function') return needs
  const secret = secretNameIn(sent)
  return needs(readCredential(secret === undefined ? sent : secretOf(env, secret)) ?? undefined)
}

function checkHeaders(headers: Readonly<Record<string, string>>, at: string): void {
  const seen = new Set<string>()
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase()
    const fault = OWN_HEADERS.has(lower)
      ? 'This header is set by the gateway.'
      : AUTH_HEADER.test(lower) || lower.startsWith('proxy-')
        ? "Credentials belong in the slot's credential, where they are sealed."
        : seen.has(lower) && 'The header is given twice.'
    if (fault) throw refuseField('invalid_value', `${at}.${name}`, fault)
    seen.add(lower)
  }
}

function checkCredential(
  sent: NonNullable<SlotRequest['credential']>,
  facts: ProviderFacts,
  env: Env,
  at: string,
): void {
  const secret = secretNameIn(sent)
  const credential = readCredential(secret === undefined ? sent : secretNamed(secret, env, `${at}.secret`))
  if (!credential) {
    throw refuseField('invalid_value', at, 'Expected a key without spaces, or the JSON of a known kind of credential.')
  }
  const forms = facts.credentialForms ?? ['text']
  if (!forms.includes(formOf(credential)))
    throw refuseField('invalid_type', at, `Expected ${forms.map(toWords).join(' or ')}.`)
}

function secretNamed(name: string, env: Env, at: string): string {
  const fault = (message: string): GatewayError => refuseField('invalid_value', at, message)
  if (OWN_SECRETS.has(name)) throw fault("The gateway's own secrets are no credentials.")
  const value = secretOf(env, name)
  if (value === undefined) throw fault('The Worker has no secret of this name: set it first.')
  return value
}

function toWords(form: CredentialForm): string {
  if (form === 'text') return 'a string'
  return form === 'access_key' ? '{access_key_id, secret_access_key, session_token?}' : "a service account's JSON"
}

function checkModels(request: CreateRequest): void {
  for (const [alias, target] of Object.entries(request.models ?? {})) {
    const at = `models.${alias}`
    // A name is looked up as slot/model first, so such an alias would never be reached.
    if (alias.includes('/') && hasSlot(request, alias.slice(0, alias.indexOf('/')))) {
      throw refuseField('invalid_value', at, 'The part before the slash is a slot, so the alias could not be reached.')
    }
    if (typeof target === 'string') checkTarget(request, target, at)
    else {
      target.forEach((item, i) => {
        if (typeof item === 'string') checkTarget(request, item, `${at}[${i}]`)
        else checkTarget(request, item.model, `${at}[${i}].model`)
      })
    }
  }
}

/** A target is `slot/model`, or a bare model where one slot stands out: a misspelt slot must not become a model. */
function checkTarget(request: CreateRequest, model: string, at: string): void {
  const slash = model.indexOf('/')
  const known =
    slash < 0
      ? request.default_provider !== undefined || Object.keys(request.providers).length === 1
      : hasSlot(request, model.slice(0, slash)) && slash < model.length - 1
  if (!known) throw refuseField('invalid_value', at, 'Expected slot/model with a slot of this key.')
}

function hasSlot(request: CreateRequest, name: string): boolean {
  return Object.hasOwn(request.providers, name)
}

/** As browsers spell them (RFC 6454 §6.2): lower case, no default port, no path. Apps have schemes of their own. */
export function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._[\]:-]+$/.test(text)) return false
  return !/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text)
}
