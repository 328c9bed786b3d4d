// The providers that answer conversations: not all do.
import type { Conversant, Provider } from '../src/hub/provider.ts'
import { providers } from '../src/providers/index.ts'

export const conversants: readonly Conversant[] = [...providers.values()].filter(answersChat)

export function answersChat(provider: Provider): provider is Conversant {
  return provider.chat !== undefined
}
