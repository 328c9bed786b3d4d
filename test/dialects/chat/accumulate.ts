// How the Python SDK's `.stream()` folds the deltas of a choice (openai/lib/streaming/_deltas.py), rule by rule: strings
// are joined, numbers added, lists merged by the `index` of their items. What breaks a rule throws there as here.

type Dict = Record<string, unknown>

export function accumulate(acc: Dict, delta: Dict): Dict {
  for (const [key, value] of Object.entries(delta)) {
    const known = acc[key]
    if (known === undefined || known === null || key === 'index' || key === 'type') acc[key] = value
    else if (typeof known === 'string' && typeof value === 'string') acc[key] = known + value
    else if (typeof known === 'number' && typeof value === 'number') acc[key] = known + value
    else if (isDict(known) && isDict(value)) acc[key] = accumulate(known, value)
    else if (Array.isArray(known) && Array.isArray(value)) acc[key] = merge(known, value)
  }
  return acc
}

function merge(known: unknown[], entries: readonly unknown[]): unknown[] {
  if (known.every((item) => typeof item === 'string' || typeof item === 'number')) return [...known, ...entries]
  for (const entry of entries) {
    if (!isDict(entry)) throw new TypeError(`Unexpected list delta entry is not a dictionary: ${entry}`)
    if (!Number.isInteger(entry.index)) throw new TypeError('Expected list delta entry to have an integer `index` key')
    const at = entry.index as number
    const one = known[at]
    if (one === undefined) known.splice(at, 0, entry)
    else if (isDict(one)) known[at] = accumulate(one, entry)
    else throw new TypeError('not handled yet')
  }
  return known
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
