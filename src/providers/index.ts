// Every provider there is, one line each. After the look-up nobody says a provider's name.
import type { Provider } from '../hub/provider.ts'
import { anthropic } from './anthropic/index.ts'
import { openai } from './openai/index.ts'

export const providers: ReadonlyMap<string, Provider> = new Map(
  [openai, anthropic].map((provider) => [provider.name, provider]),
)
