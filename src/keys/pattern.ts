// The patterns of `allowed_models`: `*` is any run of characters, slashes included, and everything else is itself.

export type Matcher = (name: string) => boolean

/**
 * Compiles a pattern. Parts are looked for from left to right and never again, so that no name, however long, takes
 * more than one walk per part; a regular expression with several `.*` would.
 */
export function matcher(pattern: string): Matcher {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return (name) => name === pattern
  return (name) => {
    if (!name.startsWith(head) || name.length < head.length + tail.length || !name.endsWith(tail)) return false
    const end = name.length - tail.length
    let at = head.length
    for (const part of rest) {
      const found = name.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}
