// The pages of the endpoints for sound and images, out of the tables in the providers' folders: who has them, and what
// becomes of each field.
import { FORM_FIELDS } from '../src/hub/hearing.ts'
import { IMAGE_FIELDS } from '../src/hub/images.ts'
import type { Printed, Provider } from '../src/hub/provider.ts'
import { SPEECH_FIELDS } from '../src/hub/speech.ts'
import { providers } from '../src/providers/index.ts'

interface Page {
  readonly title: string
  readonly path: string
  readonly fields: readonly string[]
  /** The provider's rows; 'relayed' where everything passes. */
  readonly rowsOf: (provider: Provider) => Readonly<Record<string, Printed>> | 'relayed' | undefined
}

const PAGES: Readonly<Record<string, Page>> = {
  transcriptions: {
    title: 'Transcriptions and translations',
    path: '/v1/audio/transcriptions` and `/v1/audio/translations',
    fields: FORM_FIELDS,
    rowsOf: ({ hearing }) => {
      if (!hearing) return undefined
      const all = Object.values(hearing.table).every(({ kind, may }) => kind === 'full' && may.length === 0)
      return all ? 'relayed' : hearing.table
    },
  },
  speech: {
    title: 'Speech',
    path: '/v1/audio/speech',
    fields: SPEECH_FIELDS,
    rowsOf: ({ speech }) => (speech?.relayed ? 'relayed' : speech?.table.fields),
  },
  images: {
    title: 'Images',
    path: '/v1/images/generations',
    fields: IMAGE_FIELDS,
    rowsOf: ({ images }) => (images?.relayed ? 'relayed' : images?.table.fields),
  },
}

/** Links to the pages. */
export const MEDIA_LINKS = Object.entries(PAGES)
  .map(([name, { title }]) => `[${title.toLowerCase()}](${name}.md)`)
  .join(', ')

export function mediaPages(): [path: string, content: string][] {
  return Object.entries(PAGES).map(([name, one]) => [`docs/compat/${name}.md`, page(one)])
}

function page({ title, path, fields, rowsOf }: Page): string {
  const all = [...providers.values()].map((provider) => [provider.name, rowsOf(provider)] as const)
  const relayed = all.flatMap(([name, rows]) => (rows === 'relayed' ? [`\`${name}\``] : []))
  const without = all.flatMap(([name, rows]) => (rows === undefined ? [`\`${name}\``] : []))
  const sections = all.flatMap(([name, rows]) => {
    if (rows === undefined || rows === 'relayed') return []
    const lines = fields.toSorted().flatMap((field) => {
      const row = rows[field]
      if (!row || (row.may.length === 0 && ['full', 'renamed'].includes(row.kind))) return []
      const sometimes = row.may.filter(({ reason }) => reason !== row.reason)
      const said = [row.reason, ...sometimes.map(({ kind, reason }) => `sometimes ${kind}: ${reason}`)]
      return [`| \`${field}\` | ${row.kind} | ${said.filter(Boolean).join('<br>')} |`]
    })
    const table = lines.length > 0 ? ['| field | | |', '|---|---|---|', ...lines] : ['Every field arrives.']
    return [`## ${name}`, '', ...table, '']
  })
  const lines = [
    `# ${title}, provider by provider`,
    '',
    '<!-- Generated from the tables in the providers’ folders: npm run generate -->',
    '',
    `\`POST ${path}\`. Whatever is not \`full\`, \`renamed\` or \`inert\` is told in the header \`dragoman-loss\`. Fields that are`,
    'not listed arrive as they were sent.',
    '',
    `Relayed as they are, but for the name of the model: ${relayed.join(' ')}.`,
    '',
    ...sections,
    '## Not to be had',
    '',
    `404 \`unknown_url\`: ${without.join(' ')}.`,
  ]
  return `${lines.join('\n')}\n`
}
