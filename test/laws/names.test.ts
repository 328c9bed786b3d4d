// names: after the look-up nobody says a provider's name. It occurs in its own folder and in the registry.
import { describe, expect, it } from 'vitest'
import { providers } from '../../src/providers/index.ts'
import { sources } from './sources.ts'

/** Headers that are the dialect's, whoever answers. */
const HEADERS = /\bopenai-(?:version|organization|processing-ms|project|beta)\b/g
const COMMENT = /^\s*(?:\/\/|\/\*|\*).*$|\s\/\/\s.*$/gm
/** The folder of the dialect that is a provider's own, where its name is the dialect's. */
const DIALECTS: Readonly<Record<string, string>> = { anthropic: 'src/dialects/messages/' }
/** Headers of that dialect, and the addresses of its documentation. */
const DIALECT = /\banthropic-(?:version|beta)\b|docs\.anthropic\.com/g
/** Words of the language: only as a text of its own are they names. */
const WORDS = new Set(['together', 'fireworks', 'perplexity', 'voyage', 'bedrock', 'vertex', 'gemini'])

/** Names that have this one within: they are names of their own. */
const longer = (name: string) => [...providers.keys()].filter((other) => other !== name && other.includes(name))

/** Where a name stands, as `path:line`. */
function places(name: string): string[] {
  const alone = new RegExp(`(['"\`])${name}\\1`, 'i')
  const anywhere = WORDS.has(name) ? alone : new RegExp(`(?<![a-z])${name}(?![a-z])`, 'i')
  return sources.flatMap(({ path, text }) => {
    // Addresses, fields and models of one provider may have another's name within, whose models or format it has.
    const word = path.startsWith('src/providers/') ? alone : anywhere
    if (DIALECTS[name] && path.startsWith(DIALECTS[name])) return []
    if (!path.startsWith('src/') || path === 'src/providers/index.ts' || path.startsWith(`src/providers/${name}/`))
      return []
    // Everybody may say whose format it is that clients speak.
    const own = longer(name).reduce((left, one) => left.replaceAll(one, ''), text.replace(DIALECT, ''))
    const read = name === 'openai' ? own.replace(COMMENT, '').replace(HEADERS, '') : own
    return read.split('\n').flatMap((line, i) => (word.test(line) ? [`${path}:${i + 1}`] : []))
  })
}

describe('the name', () => {
  it.each([...providers.keys()])('%s occurs nowhere else', (name) => {
    expect(places(name)).toEqual([])
  })

  it('would be found', () => {
    // `bearer` is no provider, so that it has no folder in which it may stand.
    expect(places('bearer').length).toBeGreaterThan(0)
    expect(sources.length).toBeGreaterThan(40)
  })
})
