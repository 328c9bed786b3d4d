// The same call from a program: curl, and the dialect's official clients. The key is never in it, only the name of the
// environment variable that has it.
import type { Client, Dialect, Json } from './dialects/dialect.ts'

interface Snippet {
  readonly dialect: Dialect
  /** `https://api.example.com`, without a slash at the end. */
  readonly origin: string
  readonly body: Json
  readonly headers: Readonly<Record<string, string>>
}

export const LANGUAGES = { curl, python, typescript } satisfies Record<string, (snippet: Snippet) => string>
export type Language = keyof typeof LANGUAGES

function curl({ dialect, origin, body, headers }: Snippet): string {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `  -H '${name}: ${value}' \\\n`,
  )
  const quiet = body.stream === true ? '-sN' : '-s'
  // In quotes the shell leaves the text as it is, and no line of JSON is this word alone.
  return `curl ${quiet} ${origin}${dialect.path} \\
  -H "authorization: Bearer $DRAGOMAN_KEY" \\
${lines.join('')}  -d @- <<'JSON'
${JSON.stringify(body, null, 2)}
JSON
`
}

function python({ dialect, origin, body, headers }: Snippet): string {
  const { package: name, opening, method, streamed, whole } = dialect.python
  const [known, others] = parted(body, dialect)
  const extra = {
    ...(Object.keys(others).length > 0 && { extra_body: others }),
    ...(Object.keys(headers).length > 0 && { extra_headers: headers }),
  }
  const lines = Object.entries({ ...known, ...extra }).map(
    ([field, value]) => `    ${field}=${literal(value, '    ')},\n`,
  )
  const made = `client.${method}(\n${lines.join('')})\n`
  const end =
    body.stream === true
      ? `stream = ${made}for event in stream:\n${indented(streamed, '    ')}\n`
      : `answer = ${made}${whole}\n`
  return `# pip install ${name}\n${opening(origin)}\n${end}`
}

function typescript({ dialect, origin, body, headers }: Snippet): string {
  const { package: name, opening, method, streamed, whole }: Client = dialect.typescript
  const [known, others] = parted(body, dialect)
  const lines = Object.entries(known).map(([field, value]) => `  ${field}: ${jsonIn(value)},\n`)
  // Spread, since the client's types do not know them; it sends them all the same.
  const spread = Object.keys(others).length > 0 ? `  ...${jsonIn(others)},\n` : ''
  const options = Object.keys(headers).length > 0 ? `, { headers: ${jsonIn(headers, '')} }` : ''
  const made = `await client.${method}({\n${lines.join('')}${spread}}${options})\n`
  const end =
    body.stream === true
      ? `const stream = ${made}for await (const event of stream) {\n  ${streamed}\n}\n`
      : `const answer = ${made}${whole}\n`
  return `// npm install ${name}\n${opening(origin)}\n${end}`
}

/** What the client has parameters for, and the rest. */
function parted(body: Json, { known }: Dialect): [Json, Json] {
  const entries = Object.entries(body)
  return [
    Object.fromEntries(entries.filter(([field]) => known.has(field))),
    Object.fromEntries(entries.filter(([field]) => !known.has(field))),
  ]
}

const indented = (text: string, by: string) => text.replace(/^/gm, by)
const jsonIn = (value: unknown, by = '  ') => JSON.stringify(value, null, 2).replace(/\n/g, `\n${by}`)

/** A JSON value as Python writes it. JSON's texts are Python's, too. */
function literal(value: unknown, by: string): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const inner = `${by}    `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map((one) => literal(one, inner))
    : Object.entries(value).map(([field, one]) => `${JSON.stringify(field)}: ${literal(one, inner)}`)
  if (items.length === 0) return `${open}${close}`
  return `${open}\n${items.map((one) => `${inner}${one},\n`).join('')}${by}${close}`
}
