// The pages of endpoints that are no conversation: one each, every provider in a line, every field in a column.
import type { Printed, Provider } from '../src/hub/provider.ts'
import type { RelayedTask } from '../src/hub/task.ts'
import { providers } from '../src/providers/index.ts'

interface Tables {
  readonly table: {
    readonly fields: Readonly<Record<string, Printed>>
    readonly extensions: Readonly<Record<string, Printed>>
  }
}

interface Page {
  readonly title: string
  readonly intro: readonly string[]
  of(provider: Provider): Tables | RelayedTask | undefined
}

/** Each page by the name of its file. */
export const TASKS: Readonly<Record<string, Page>> = {
  embeddings: {
    title: 'Embeddings',
    intro: [
      'What becomes of each field of `POST /v1/embeddings`. `relayed`: requests pass as they are but for the name of the model, and',
      'answers byte for byte. Fields that have no column pass to services that speak OpenAI’s format, and are dropped, and told, elsewhere.',
    ],
    of: ({ embeddings }) => embeddings,
  },
  rerank: {
    title: 'Rerank',
    intro: [
      'What becomes of each field of `POST /v1/rerank`. The answer has one form, whoever makes it: `results` with the best first,',
      '`usage` (0 where the service counts no tokens) and, where a service bills otherwise, its `meta`.',
    ],
    of: ({ rerank }) => rerank,
  },
  moderations: {
    title: 'Moderations',
    intro: [
      'What becomes of each field of `POST /v1/moderations`. `relayed`: requests pass as they are but for the name of the model, and',
      'answers byte for byte. Categories that a provider does not look for are told as `categories.…`, and never flagged.',
    ],
    of: ({ moderations }) => moderations,
  },
}

/** A page, with what the words of a provider's table are below it. */
export function taskPage({ title, intro, of }: Page): string {
  const notes: string[] = []
  const noted = (reason: string) => {
    if (!notes.includes(reason)) notes.push(reason)
    return notes.indexOf(reason) + 1
  }
  const all = [...providers.values()].flatMap((provider) => {
    const task = of(provider)
    return task ? [{ name: provider.name, task }] : []
  })
  const names = [
    ...new Set(
      all.flatMap(({ task }) =>
        'table' in task ? Object.keys({ ...task.table.fields, ...task.table.extensions }) : [],
      ),
    ),
  ]
  const cell = (task: Tables | RelayedTask, name: string) => {
    if ('relays' in task) return 'relayed'
    const row = { ...task.table.extensions, ...task.table.fields }[name]
    if (!row) return ''
    const own = row.reason === undefined ? '' : ` [${noted(row.reason)}]`
    const others = row.may
      .filter(({ reason }) => reason !== row.reason)
      .map(({ kind, reason }) => `<br>or ${kind} [${noted(reason)}]`)
    return `${row.kind}${own}${others.join('')}`
  }
  const rows = all.map(({ name, task }) => `| ${name} | ${names.map((field) => cell(task, field)).join(' | ')} |`)
  const lines = [
    `# ${title}, provider by provider`,
    '',
    '<!-- Generated from the tables in the providers’ folders: npm run generate -->',
    '',
    ...intro,
    '',
    `| provider | ${names.map((name) => `\`${name}\``).join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...notes.map((reason, i) => `${i + 1}. ${reason}`),
    '',
    'Every other provider has none, and answers 404 `unknown_url`.',
  ]
  return `${lines.join('\n')}\n`
}
