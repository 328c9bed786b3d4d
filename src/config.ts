// Variables of the Worker, which come as text or not at all.

/** The number in a variable, or its default where none is set. */
export function numberIn(variable: string | undefined, byDefault: number): number {
  const value = Number(variable)
  return variable?.trim() && Number.isFinite(value) && value >= 0 ? value : byDefault
}
