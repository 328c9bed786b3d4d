// A grid of cells that is one stop for the Tab key, with arrow keys within: https://www.w3.org/WAI/ARIA/apg/patterns/grid/
import { make } from './dom.ts'
import { type Cell, type Filtered, SIGNS, type Table } from './tables.ts'

/** Where each key leads: rows, columns. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
}

/** @param choose is told of the cell that is stood on. */
export function gridOf(
  table: Table,
  { fields, providers, matches }: Filtered,
  choose: (field: string, provider: string, cell: Cell | undefined) => void,
): HTMLTableElement {
  const corner = make('th', { scope: 'col' }, 'field')
  const names = providers.map((name) => make('th', { scope: 'col' }, make('span', {}, name)))
  const rows = fields.map((field) => {
    const cells = providers.map((name) => cellOf(table.at(field, name), matches(field, name)))
    return make('tr', {}, make('th', { scope: 'row' }, field), ...cells)
  })
  const grid = make(
    'table',
    { class: 'grid', role: 'grid', 'aria-label': 'Fields by providers', 'aria-readonly': 'true' },
    make('thead', {}, make('tr', {}, corner, ...names)),
    make('tbody', {}, ...rows),
  )
  const body = grid.tBodies[0]
  const cellAt = (row: number, column: number) => body?.rows[row]?.cells[column + 1]
  let [row, column] = [0, 0]
  cellAt(0, 0)?.setAttribute('tabindex', '0')

  const stand = (toRow: number, toColumn: number, moves: boolean) => {
    const last = cellAt(row, column)
    last?.setAttribute('tabindex', '-1')
    last?.removeAttribute('aria-selected')
    row = Math.min(Math.max(toRow, 0), fields.length - 1)
    column = Math.min(Math.max(toColumn, 0), providers.length - 1)
    const next = cellAt(row, column)
    next?.setAttribute('tabindex', '0')
    next?.setAttribute('aria-selected', 'true')
    if (moves) next?.focus()
    const [field, provider] = [fields[row], providers[column]]
    if (field !== undefined && provider !== undefined) choose(field, provider, table.at(field, provider))
  }
  grid.addEventListener('keydown', (event) => {
    const step = STEPS[event.key]
    if (!step || event.altKey || event.metaKey) return
    event.preventDefault()
    const far = event.ctrlKey && (event.key === 'Home' || event.key === 'End')
    stand(row + (far ? step[1] : step[0]), column + step[1], true)
  })
  const met = ({ target }: Event, moves: boolean) => {
    const cell = target instanceof Element ? target.closest('td') : null
    if (cell?.parentElement instanceof HTMLTableRowElement)
      stand(cell.parentElement.sectionRowIndex, cell.cellIndex - 1, moves)
  }
  grid.addEventListener('click', (event) => met(event, true))
  grid.addEventListener('focusin', (event) => met(event, false))
  return grid
}

function cellOf(cell: Cell | undefined, matches: boolean): HTMLTableCellElement {
  if (!cell)
    return make('td', { tabindex: -1, role: 'gridcell', class: 'off' }, make('span', { class: 'unseen' }, 'none'))
  const other = [...new Set(cell.sometimes)].filter((kind) => kind !== cell.kind)
  const words = other.length > 0 ? `${cell.kind}, sometimes ${other.join(' or ')}` : cell.kind
  return make(
    'td',
    { tabindex: -1, role: 'gridcell', class: `kind ${cell.kind}${matches ? '' : ' off'}` },
    make('span', { 'aria-hidden': 'true' }, SIGNS[cell.kind]),
    other.length > 0 && make('span', { class: 'star', 'aria-hidden': 'true' }, '*'),
    make('span', { class: 'unseen' }, words),
  )
}
