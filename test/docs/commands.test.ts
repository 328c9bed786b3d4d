// Every command of the documentation that makes a key would make one: its options are understood, and what they stand for
// is what the admin API takes.
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { BINDING_OPTIONS, bindingFrom } from '../../scripts/keys/binding.ts'
import { validateCreate } from '../../src/keys/validate.ts'
import { providers } from '../../src/providers/index.ts'
import { PAGES, ROOT, textOf } from './pages.ts'

const NOW = Date.UTC(2026, 10, 20)
const KEY_FILE = JSON.stringify({ client_email: 'a@b', private_key: 'PEM', project_id: 'p' })
/** Whatever variable is named is there. */
const everything = new Proxy<Record<string, string>>({}, { get: () => 'a-credential' })
const env: Partial<Env> & Record<string, string> = { ALLOW_HTTP_UPSTREAMS: 'loopback', BEDROCK_API_KEY: 'a-credential' }

const NOTES = globSync('src/providers/*/notes.md', { cwd: ROOT })
/** Commands that need nothing filled in but addresses, on one line each. */
const COMMANDS = [...PAGES.filter((page) => !page.startsWith('docs/compat/')), ...NOTES].flatMap((page) =>
  [...textOf(page).matchAll(/npm run (?:-s )?keys -- create((?:\\\n|[^\n`|)])*)/g)]
    .map(([, line = '']) =>
      line
        .replaceAll('\\\n', ' ')
        .replace(/"\$\w+(\S*)"/g, 'https://acme.example.com$1')
        .trim(),
    )
    .map((line) => line.replaceAll('https://…', 'https://acme.example.com').replace(/ +#.*/, ''))
    .filter((line) => line !== '' && !/--help|--file|^…/.test(line))
    .map((line) => [page, line] as const),
)

/** Words, as a shell takes them. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
}

it('there are some', () => {
  expect(COMMANDS.length).toBeGreaterThan(45)
})

it.each(COMMANDS)('%s: %s', (_page, line) => {
  const options = { ...BINDING_OPTIONS, json: { type: 'boolean' }, url: { type: 'string' } } as const
  const { values } = parseArgs({ args: words(line), options, allowNegative: true })
  const read = { env: everything, readFile: () => KEY_FILE, readStdin: () => '{}', now: NOW }
  const body = bindingFrom(values, false, read)
  expect(validateCreate(body, { providers, env: env as Env, now: NOW }).providers).toBeDefined()
})
