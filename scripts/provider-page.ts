// A provider's page: the notes that stand beside its code, the facts that its object tells by itself, and what becomes
// of each field of a chat request.
import { readFileSync } from 'node:fs'
import type { CompatOutcome, CompatProvider } from '../schemas/compat.ts'
import type { Provider, SlotField } from '../src/hub/provider.ts'
import { ROOT } from './build.ts'

/** Where a provider's notes are: Markdown below a heading, written by hand. */
export function notesOf(name: string): string {
  return readFileSync(`${ROOT}/src/providers/${name}/notes.md`, 'utf8').trim()
}

/** The page of a provider; without `compat` it answers no conversations. */
export function providerPage(provider: Provider, compat: CompatProvider | undefined): string {
  const lines = [
    `# ${provider.name}`,
    '',
    `<!-- Generated: the notes from src/providers/${provider.name}/notes.md, the rest from its code: npm run generate -->`,
    '',
    notesOf(provider.name),
    '',
    '| | |',
    '|---|---|',
    ...facts(provider).map(([what, said]) => `| ${what} | ${said} |`),
    '',
    ...(compat ? ['## Chat completions', '', ...fieldLines(compat)] : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function facts(provider: Provider): (readonly [what: string, said: string])[] {
  const { baseUrl, credential, credentialForms = ['text'], needs, tells, meters, models, prices } = provider
  const address =
    typeof baseUrl === 'string' ? code(baseUrl) : baseUrl ? 'made of what the slot says' : 'none: a slot names its own'
  const needed: readonly SlotField[] = Array.isArray(needs) ? needs : []
  return [
    ['address (`base_url`)', address],
    ...(needed.length > 0 ? [['a slot needs', needed.map(code).join(' ')] as const] : []),
    ['credential', `${credential}; ${credentialForms.map((form) => FORMS[form]).join(', or ')}`],
    ['endpoints', endpoints(provider).join(' · ')],
    ['counts prompts', counts(provider)],
    ['rate limits read from', meters.map(({ header }) => code(header)).join(' ') || 'nothing: it tells none'],
    ['its request id', code(tells.requestId)],
    ['lists its models', models.path(undefined, { name: provider.name }) === undefined ? 'no' : 'yes'],
    ['list prices known here', prices ? 'yes' : 'no'],
  ]
}

const FORMS = {
  text: 'a key or a token',
  access_key: '`{access_key_id, secret_access_key, session_token?}`',
  service_account: 'a service account’s JSON',
} as const

const code = (text: string) => `\`${text}\``

/** Every endpoint that it answers, and how: as it is, translated, or in another way. */
function endpoints(provider: Provider): string[] {
  const { chat, embeddings, rerank, moderations, hearing, speech, images } = provider
  const relayed = (wire: 'chat' | 'completions' | 'responses' | 'messages') =>
    provider.relays?.(wire, 'any', { name: provider.name }) !== undefined
  const said = (name: string, how: string) => `[${name}](${name}.md) ${how}`.trim()
  const how = (wire: 'responses' | 'messages') => (relayed(wire) ? '(relayed)' : '')
  const hears = HEARINGS.filter((task) => {
    return hearing && (!('path' in hearing) || hearing.path(task, 'any', { name: provider.name }) !== undefined)
  })
  return [
    ...(chat
      ? [
          `chat${relayed('chat') ? ' (relayed)' : ''}`,
          said('messages', how('messages')),
          said('responses', how('responses')),
          said('completions', relayed('completions') ? '(relayed)' : COMPLETES[chat.completes ?? 'none']),
        ]
      : []),
    ...(embeddings ? [said('embeddings', 'encode' in embeddings ? '' : '(relayed)')] : []),
    ...(rerank ? [said('rerank', '')] : []),
    ...(moderations ? [said('moderations', 'encode' in moderations ? '' : '(relayed)')] : []),
    ...hears.map((task) => `[${task}](transcriptions.md)`),
    ...(speech ? [said('speech', speech.relayed ? '(relayed)' : '')] : []),
    ...(images ? [said('images', images.relayed ? '(relayed)' : '')] : []),
  ]
}

const HEARINGS = ['transcriptions', 'translations'] as const
const COMPLETES = { all: '', text: '(the text alone)', none: '(as a conversation)' } as const

function counts({ chat, countTokens, relays, name }: Provider): string {
  if (!chat) return 'no'
  if (relays?.('messages', 'any', { name }) !== undefined) return 'yes, relayed'
  return countTokens ? 'yes' : 'no: the gateway estimates, and says so'
}

/** What becomes of each field, as a table. */
function fieldLines({ relayed, fields }: CompatProvider): string[] {
  const intro = relayed
    ? 'The provider speaks the same format: requests pass as they are but for the name of the model, answers byte for byte.'
    : 'What becomes of each field of a chat request. Whatever is not `full`, `renamed` or `inert` is told in the header `dragoman-loss`.'
  const rows = fields.map(({ field, kind, reason, sometimes }) => {
    return `| \`${field}\` | ${kind} | ${[reason, ...sometimes.map(outcome)].filter(Boolean).join('<br>')} |`
  })
  return [intro, '', '| field | | |', '|---|---|---|', ...rows]
}

/** What happens for some values or models only. */
export function outcome({ kind, reason }: CompatOutcome): string {
  return `sometimes ${kind}: ${reason ?? ''}`
}
