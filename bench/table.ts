// What was measured, as a table.

export interface Row {
  readonly measure: string
  readonly value: string
  /** The same, seen beside something else. */
  readonly beside: string
  readonly target?: string
  readonly reached?: boolean
}

/** What is wished for, and whether it is reached. */
export function target(value: number, most: number, unit: string): Pick<Row, 'target' | 'reached'> {
  return { target: `≤ ${most} ${unit}`, reached: value <= most }
}

export function print(rows: readonly Row[]): void {
  const cells = rows.map(({ measure, value, beside, target = '', reached }) => [
    measure,
    value,
    beside,
    target,
    reached === undefined ? '' : reached ? 'yes' : 'no',
  ])
  const all = [['measure', 'value', 'beside', 'target', 'reached'], ...cells]
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = all
  console.log(line(head))
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  for (const row of body) console.log(line(row))
}
