// The compatibility tables: a grid of signs, or a list with its reasons where there is one provider or one field.
import { byId, make, show } from './dom.ts'
import { kindMark } from './facts.ts'
import { gridOf } from './grid.ts'
import {
  type Cell,
  type Compat,
  type Filter,
  filtered,
  KINDS,
  type Kind,
  MEANINGS,
  type Table,
  tableOf,
} from './tables.ts'

const place = byId('table', HTMLElement)
const aside = byId('cell', HTMLElement)
const count = byId('count', HTMLElement)
const dialect = byId('table-dialect', HTMLSelectElement)
const provider = byId('table-provider', HTMLSelectElement)
const text = byId('table-text', HTMLInputElement)

const TITLES: Readonly<Record<string, string>> = {
  chat: 'Chat completions',
  completions: 'Completions',
  responses: 'Responses',
  messages: 'Messages',
}

let asked = false

/** Loads the tables when they are looked at first, and draws them. What could not be loaded is asked for again. */
export function openTables(): void {
  if (asked) return
  asked = true
  load().catch(() => {
    asked = false
    count.textContent = 'The tables could not be loaded.'
  })
}

async function load(): Promise<void> {
  const response = await fetch('/compat.json', { credentials: 'omit', referrerPolicy: 'no-referrer' })
  const compat: Compat = await response.json()
  const names = ['chat', ...Object.keys(compat.dialects)]
  dialect.append(...names.map((value) => make('option', { value }, TITLES[value] ?? value)))
  provider.append(...compat.providers.map((one) => make('option', { value: one.provider }, one.provider)))
  byId('kinds', HTMLElement).append(
    ...KINDS.map((kind) => make('label', {}, make('input', { type: 'checkbox', value: kind }), kindMark(kind))),
  )
  let table = tableOf(compat, dialect.value)
  dialect.addEventListener('change', () => {
    table = tableOf(compat, dialect.value)
  })
  const draw = () => drawTable(table, filter())
  const form = byId('filter', HTMLFormElement)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', draw)
  draw()
}

function filter(): Filter {
  const ticked = [...document.querySelectorAll<HTMLInputElement>('#kinds input:checked')].map(({ value }) => value)
  return { text: text.value, provider: provider.value, kinds: new Set(KINDS.filter((kind) => ticked.includes(kind))) }
}

function drawTable(table: Table, wanted: Filter): void {
  const shown = filtered(table, wanted)
  const { fields, providers } = shown
  count.textContent = `${amount(fields.length, 'field')} at ${amount(providers.length, 'provider')}.`
  const listed = providers.length === 1 || fields.length === 1
  show(aside, !listed)
  aside.parentElement?.classList.toggle('wide', !listed)
  if (listed) place.replaceChildren(listOf(table, shown))
  else place.replaceChildren(gridOf(table, shown, choose))
}

const amount = (number: number, thing: string) => `${number} ${thing}${number === 1 ? '' : 's'}`

/** Fields of one provider, or providers of one field, with all that is said of them. */
function listOf(table: Table, { fields, providers, matches }: ReturnType<typeof filtered>): HTMLElement {
  const byField = providers.length === 1
  const rows = fields.flatMap((field) =>
    providers.flatMap((name) => {
      const cell = table.at(field, name)
      if (!cell || !matches(field, name)) return []
      return [
        // The roles are said, since on a narrow screen the rows are laid out as something else than a table's.
        make(
          'tr',
          { role: 'row' },
          make('th', { scope: 'row', role: 'rowheader' }, byField ? field : name),
          make('td', { role: 'cell' }, kindMark(cell.kind)),
          make('td', { role: 'cell' }, ...reasonsOf(cell)),
        ),
      ]
    }),
  )
  const head = [byField ? 'field' : 'provider', 'becomes', 'because'].map((name) => make('th', { scope: 'col' }, name))
  const caption = make(
    'caption',
    { class: 'unseen' },
    byField ? `Fields at ${providers[0]}` : `${fields[0]} at each provider`,
  )
  const body = make('tbody', { role: 'rowgroup' }, ...rows)
  // What scrolls must be reachable without a mouse.
  return make(
    'div',
    { tabindex: 0, role: 'region', 'aria-label': caption.textContent ?? '' },
    make('table', { class: 'list', role: 'table' }, caption, make('thead', {}, make('tr', {}, ...head)), body),
  )
}

function reasonsOf({ kind, reasons }: Cell): HTMLElement[] {
  const said = reasons.length > 0 ? reasons : [sentence(MEANINGS[kind])]
  return said.map((reason) => make('p', {}, reason))
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

/** Says a cell's kind and reasons beside the grid. */
function choose(field: string, name: string, cell: Cell | undefined): void {
  const title = make('h3', {}, make('code', {}, field), ` at ${name}`)
  if (!cell)
    aside.replaceChildren(
      title,
      make('p', {}, 'The provider’s table does not have the field: it is dropped, and told.'),
    )
  else
    aside.replaceChildren(
      title,
      make('p', {}, kindMark(cell.kind), `: ${MEANINGS[cell.kind as Kind]}`),
      ...cell.reasons.map((one) => make('p', {}, one)),
    )
}
