// Writes what is derived from the tables and the price list: `npm run generate`. With `--check` it only says whether that is up to date.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CompatDialect, CompatField, CompatProvider } from '../schemas/compat.ts'
import * as dialects from '../src/dialects/index.ts'
import type { Dialect, DialectTable } from '../src/hub/dialect.ts'
import type { ChatTable, Provider } from '../src/hub/provider.ts'
import { providers } from '../src/providers/index.ts'
import { MEDIA_LINKS, mediaPages } from './compat-media.ts'
import { TASKS, taskPage } from './compat-tasks.ts'
import { composed, lostParts, rowsOf } from './compose.ts'
import { openapi } from './openapi/document.ts'
import { priceFiles } from './prices.ts'
import { outcome, providerPage } from './provider-page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The dialects that have a table of their own, by name. */
const tables = new Map(
  Object.values<Dialect>(dialects).flatMap(({ name, table }) => (table ? [[name, table] as const] : [])),
)

/** What each dialect's page is called. */
const TITLES = { chat: 'Chat completions', completions: 'Completions', responses: 'Responses', messages: 'Messages' }

/** None for a provider that answers no conversations. */
function compatOf({ name, chat, relays }: Provider): CompatProvider[] {
  if (!chat) return []
  const relayed = relays?.('chat', 'any', { name }) !== undefined
  const fields = fieldsOf(chat.table)
  const compat = {
    provider: name,
    relayed,
    // What passes as it is, is full.
    fields: relayed ? fields.map(({ field }) => passes(field)) : fields,
    dialects: Object.fromEntries(
      [...tables].map(([dialect, table]): [string, CompatDialect] => {
        const kinds = composed(table, chat.table)
        const passed = relays?.(dialect, 'any', { name }) !== undefined
        return [dialect, { relayed: passed, fields: passed ? mapped(kinds, () => 'full') : kinds }]
      }),
    ),
  }
  return [compat]
}

function mapped<T, U>(all: Readonly<Record<string, T>>, make: (one: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one)]))
}

function passes(field: string): CompatField {
  return { field, kind: 'full', sometimes: [] }
}

function fieldsOf({ fields, extensions }: ChatTable): CompatField[] {
  return Object.entries({ ...fields, ...extensions })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, { kind, reason, may }]) => ({
      field,
      kind,
      ...(reason !== undefined && { reason }),
      // What always happens is said by the row itself.
      sometimes: may.filter((note) => note.reason !== reason).map(({ kind, reason }) => ({ kind, reason })),
    }))
}

/** What each page says, in numbers. */
function contents(all: readonly CompatProvider[]): string {
  const rows = all.map(({ provider, relayed, fields }) => {
    const count = (...kinds: readonly string[]) => fields.filter(({ kind }) => kinds.includes(kind)).length
    const kept = relayed ? 'all' : count('full', 'renamed', 'inert')
    return `| [${provider}](${provider}.md) | ${kept} | ${count('emulated')} | ${count('dropped', 'rejected')} |`
  })
  const silent = [...providers.values()].flatMap(({ name, chat }) => (chat ? [] : [`[${name}](${name}.md)`]))
  const lines = [
    '# Provider by provider',
    '',
    '<!-- Generated from the tables in the providers’ folders: npm run generate -->',
    '',
    'A page each: how a slot is set up, what is peculiar about the service, which endpoints it answers, and what becomes of',
    'each field of a chat request. Here is how many of them arrive, are done another way, or have no effect; some of the first',
    'only for some values or models, as the pages say.',
    '',
    'Other endpoints: [embeddings](embeddings.md), [rerank](rerank.md), [moderations](moderations.md).',
    '',
    '| provider | arrive | another way | no effect |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Without conversations: ${silent.join(', ')}.`,
    '',
    `Sound and images: ${MEDIA_LINKS}.`,
    ...(tables.size > 0
      ? ['', `Other dialects: ${[...tables.keys()].map((name) => `[${TITLES[name]}](${name}.md)`).join(', ')}.`]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

/** A dialect's page: its own table, and what comes of it at each provider. */
function dialectPage(name: Dialect['name'], table: DialectTable): string {
  const fields = rowsOf(table).map(({ field, to, kind, reason, sometimes }) => {
    const becomes = to.length > 0 ? to.map((one) => `\`${one}\``).join(', ') : kind
    return `| \`${field}\` | ${becomes} | ${[reason, ...sometimes.map(outcome)].filter(Boolean).join('<br>')} |`
  })
  const rows = all.flatMap(({ provider, dialects: { [name]: one } }) => {
    if (!one) return []
    const these = (...kinds: readonly string[]) =>
      Object.keys(one.fields).filter((field) => kinds.includes(one.fields[field] ?? ''))
    const list = (names: readonly string[]) => names.map((field) => `\`${field}\``).join(' ')
    const chat = providers.get(provider)?.chat?.table
    const parts = one.relayed || !chat ? [] : Object.entries(lostParts(table, chat))
    const partly = parts
      .filter(([field]) => !these('dropped', 'rejected').includes(field))
      .map(([field, lost]) => ` ${list([field])} in part (${list(lost)})`)
      .join('')
    const kept = one.relayed ? 'all, byte for byte' : these('full', 'renamed', 'inert').length
    return `| [${provider}](${provider}.md) | ${kept} | ${list(these('clamped', 'emulated'))} | ${list(these('dropped', 'rejected'))}${partly} |`
  })
  const lines = [
    `# ${TITLES[name]}, provider by provider`,
    '',
    '<!-- Generated from the tables of the dialect and the providers: npm run generate -->',
    '',
    'What each field is written into on its way to a provider that does not speak the dialect itself. What becomes of it',
    'there is said by that field on the provider’s page. Every loss is told by the dialect’s own name for the field.',
    '',
    '| field | becomes | |',
    '|---|---|---|',
    ...fields,
    '',
    '## Providers',
    '',
    'How many of the fields arrive, and which are done another way or have no effect; some of them only a part, which is',
    'named as the chat request names it.',
    '',
    '| provider | arrive | another way | no effect |',
    '|---|---|---|---|',
    ...rows,
  ]
  return `${lines.join('\n')}\n`
}

const all = [...providers.values()].flatMap(compatOf)
const files = new Map([
  ['schemas/json/compat.json', `${JSON.stringify(all, null, 2)}\n`],
  ['schemas/json/dialects.json', `${JSON.stringify(mapped(Object.fromEntries(tables), rowsOf), null, 2)}\n`],
  ['schemas/openapi.json', `${JSON.stringify(openapi(), null, 2)}\n`],
  ['docs/compat/README.md', contents(all)],
  ...priceFiles(),
  ...mediaPages(),
  ...[...providers.values()].map((provider) => {
    const compat = all.find((one) => one.provider === provider.name)
    return [`docs/compat/${provider.name}.md`, providerPage(provider, compat)] as const
  }),
  ...[...tables].map(([name, table]) => [`docs/compat/${name}.md`, dialectPage(name, table)] as const),
  ...Object.entries(TASKS).map(([name, one]) => [`docs/compat/${name}.md`, taskPage(one)] as const),
])

let stale = 0
for (const [path, content] of files) {
  const file = root + path
  if (process.argv.includes('--check')) {
    const there = await readFile(file, 'utf8').catch(() => '')
    if (there === content) continue
    stale++
    console.error(`${path} is not what its sources say: run npm run generate.`)
  } else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}
process.exitCode = stale > 0 ? 1 : 0
