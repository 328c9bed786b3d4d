// JSON Merge Patch: https://www.rfc-editor.org/rfc/rfc7396

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a JSON value is an object; an array is none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The target with the patch on it: objects are merged, null takes a member away, everything else takes its place. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch
  // A Map, because a member may be called as what every object inherits is.
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}
