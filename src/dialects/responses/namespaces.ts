// Tools in groups. Chat has none, so that a tool is sent by a name that its group's stands in, and found by it again.
// https://platform.openai.com/docs/guides/function-calling#defining-namespaces
import { listOf } from './object.ts'

/** A tool's name where there are no groups. */
export function flatName(namespace: string, name: string): string {
  return `${namespace}__${name}`
}

/** What a client calls each tool that is sent by a flat name. @param tools those of the request. */
export function namesIn(tools: unknown): ReadonlyMap<string, { readonly name: string; readonly namespace: string }> {
  const names = new Map<string, { name: string; namespace: string }>()
  for (const group of listOf(tools)) {
    if (group.type !== 'namespace') continue
    const namespace = String(group.name)
    for (const { name } of listOf(group.tools)) {
      names.set(flatName(namespace, String(name)), { name: String(name), namespace })
    }
  }
  return names
}
