// What an answer brings beside its words: how long it took, its headers, the windows, the translation, the ledger.
import type { Timings } from './call.ts'
import { at, isObject, type Json, type Loss, listAt, textAt, type Usage } from './dialects/dialect.ts'
import { byId, make, show } from './dom.ts'
import { marked } from './json-view.ts'
import { KINDS, SIGNS } from './tables.ts'
import { type Gauge, seenAt } from './windows.ts'

const HEADERS = [
  'dragoman-route',
  'dragoman-attempts',
  'dragoman-loss',
  'x-request-id',
  'dragoman-upstream-request-id',
  'retry-after',
  'x-should-retry',
  'server-timing',
]

function rows(list: HTMLElement, pairs: readonly (readonly [string, string])[]): void {
  list.replaceChildren(...pairs.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))))
}

export function showHeaders(headers: Headers | undefined): void {
  const found = HEADERS.flatMap((name) => {
    const value = headers?.get(name)
    return value ? [make('dt', {}, name), make('dd', {}, value)] : []
  })
  byId('headers', HTMLElement).replaceChildren(...found)
}

export function showTimings({ head, first, total }: Timings, usage: Usage | undefined): void {
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value).toLocaleString('en')} ms`)
  const spent = total !== undefined && first !== undefined ? total - first : undefined
  const speed =
    usage && spent !== undefined && spent > 20 ? `${Math.round((usage.output / spent) * 1000)} tokens/s` : '–'
  rows(byId('timings', HTMLElement), [
    ['head', ms(head)],
    ['first word', ms(first)],
    ['whole', ms(total)],
    ['speed', speed],
    ['tokens', usage ? `${usage.input} in, ${usage.output} out` : '–'],
  ])
}

let ticking: ReturnType<typeof setInterval> | undefined

export function showGauges(gauges: readonly Gauge[], notes: readonly string[]): void {
  clearInterval(ticking)
  const note = gauges.length > 0 ? notes.join(' ') : 'Neither the key nor a provider has told of a window.'
  byId('limits-note', HTMLElement).textContent = note
  const drawn = gauges.map((gauge) => {
    const bounds = { low: gauge.limit * 0.1, high: gauge.limit * 0.4, optimum: gauge.limit }
    const meter = make('meter', { min: 0, max: gauge.limit, ...bounds, 'aria-label': gauge.label })
    const words = make('span', { class: 'left' })
    const draw = () => {
      const { left, text } = seenAt(gauge, Date.now())
      meter.value = left
      meter.setAttribute('aria-valuetext', text)
      words.textContent = text
    }
    draw()
    return { draw, item: make('li', {}, make('span', {}, gauge.label), meter, words) }
  })
  byId('gauges', HTMLElement).replaceChildren(...drawn.map(({ item }) => item))
  if (gauges.some(({ wholeAt }) => wholeAt !== undefined)) {
    ticking = setInterval(() => {
      for (const { draw } of drawn) draw()
    }, 1000)
  }
}

/** The request as it is said. */
export function showSaid(path: string, body: Json, losses: readonly Loss[]): void {
  byId('said-line', HTMLElement).textContent = `POST ${path}`
  byId('said', HTMLElement).replaceChildren(marked(body, losses))
}

/** The request as it is sent: the answer of `POST /v1/translate`, or why there is none. */
export function showSent(translation: unknown): void {
  const place = byId('sent', HTMLElement)
  const line = byId('sent-line', HTMLElement)
  const requests = listAt(translation, 'requests')
  line.textContent = textAt(translation, 'route') ?? '\u00a0'
  const [first, ...more] = requests.map(callText)
  const others = listAt(translation, 'targets')
    .slice(1)
    .map((one) => textAt(one, 'route') ?? '')
  place.replaceChildren(
    make('pre', { class: 'code', tabindex: 0, role: 'region', 'aria-labelledby': 'sent-title' }, first ?? ''),
    ...more.map((text, i) =>
      make(
        'details',
        {},
        make('summary', {}, `Call ${i + 2} of ${requests.length}`),
        make('pre', { class: 'code', tabindex: 0 }, text),
      ),
    ),
    ...(others.length > 0 ? [make('p', { class: 'note' }, `If that fails: ${others.join(', ')}.`)] : []),
  )
}

export function showUntranslated(words: string): void {
  byId('sent-line', HTMLElement).textContent = '\u00a0'
  byId('sent', HTMLElement).replaceChildren(make('p', { class: 'note' }, words))
}

function callText(call: unknown): string {
  const headers = at(call, 'headers')
  const lines = isObject(headers) ? Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`) : []
  const body = at(call, 'body')
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2)
  return `${textAt(call, 'method') ?? 'POST'} ${textAt(call, 'url') ?? ''}\n${lines.join('')}\n${text}`
}

export function showLedger(losses: readonly Loss[], asked: boolean): void {
  const table = byId('ledger', HTMLTableElement)
  const note = byId('ledger-note', HTMLElement)
  note.textContent =
    losses.length > 0
      ? ''
      : asked
        ? 'Nothing is lost.'
        : 'What is changed, done another way or left out is entered here.'
  show(note, losses.length === 0)
  show(table, losses.length > 0)
  table.tBodies[0]?.replaceChildren(
    ...losses.map(({ path, kind, reason = '', sent }) =>
      make(
        'tr',
        // The roles are said, since on a narrow screen the rows are laid out as something else than a table's.
        { role: 'row' },
        make('th', { scope: 'row', role: 'rowheader' }, path),
        make('td', { role: 'cell' }, kindMark(kind)),
        make('td', { role: 'cell' }, sent === undefined ? '' : make('code', {}, JSON.stringify(sent))),
        make('td', { role: 'cell' }, reason),
      ),
    ),
  )
}

/** A kind with its sign. */
export function kindMark(name: string): HTMLElement {
  const kind = KINDS.find((one) => one === name)
  const sign = kind ? make('span', { 'aria-hidden': 'true' }, `${SIGNS[kind]} `) : undefined
  return make('span', { class: `kind ${name}` }, sign, name)
}
