// What becomes of the keys of an object, by names that are written one after the other.

/** @param used, inert names with spaces between them. */
export function keys(used: string, inert = ''): Readonly<Record<string, 'used' | 'inert'>> {
  const marked = (names: string, mark: 'used' | 'inert') =>
    names.split(' ').flatMap((name) => (name === '' ? [] : [[name, mark] as const]))
  return Object.fromEntries([...marked(used, 'used'), ...marked(inert, 'inert')])
}
