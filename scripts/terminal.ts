// What commands print for people: colours and progress where somebody looks at it, plain lines everywhere else. Colours
// are for terminals only, and not with NO_COLOR.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { styleText } from 'node:util'

/** What comes from elsewhere may hold anything: none of it reaches the terminal as a command, or turns what is read. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}')
}

export const dim = (text: string): string => styleText('dim', text)
export const bold = (text: string): string => styleText('bold', text)
export const green = (text: string): string => styleText('green', text)
export const yellow = (text: string): string => styleText('yellow', text)
export const red = (text: string): string => styleText('red', text)

/** Somebody reads what is printed, and can answer. */
export const isInteractive = (): boolean => Boolean(process.stdin.isTTY && process.stdout.isTTY && !process.env.CI)

/** A line for each label and its text, the texts in one column. */
export function labelled(rows: readonly (readonly [label: string, text: string])[], indent = ''): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows.map(([label, text]) => indent + dim(label.padEnd(width)) + text).join('\n')
}

/** Rows in columns, below their titles. Control characters are taken out by whoever fills the cells. */
export function columns(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows]
  const widths = titles.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line, i) => (i === 0 ? dim(line) : line)).join('\n')
}

/** How long something takes before it is worth a word. */
const PATIENCE_MS = 500
const FRAME_MS = 100
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/**
 * Says what is being done for as long as it takes, on the standard error and only on a terminal: nothing of it is left
 * when it is done.
 */
export async function working<T>(what: string, work: Promise<T>): Promise<T> {
  const { stderr } = process
  if (!stderr.isTTY || process.env.TERM === 'dumb') return await work
  const began = Date.now()
  let shown = false
  const timer = setInterval(() => {
    const spent = Date.now() - began
    if (spent < PATIENCE_MS) return
    shown = true
    const frame = FRAMES[Math.floor(spent / FRAME_MS) % FRAMES.length] ?? ''
    stderr.write(`\r\u001b[K${frame} ${what} … ${Math.floor(spent / 1000)} s`)
  }, FRAME_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (shown) stderr.write('\r\u001b[K')
  }
}

/** Asks something, and gives what was answered, or the default for an empty line. */
export type Ask = (question: string, byDefault?: string) => Promise<string>

/** Asks on the terminal. */
export const ask: Ask = (question, byDefault = '') => answer(question, byDefault, process.stdout)

/** Asks for what nobody may look at: nothing of it is shown. */
export async function askSecret(question: string): Promise<string> {
  process.stdout.write(`${question}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const given = await answer('', '', silent)
  process.stdout.write('\n')
  return given
}

async function answer(question: string, byDefault: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  // An end of the input, or Ctrl-C, is no answer to anything that follows.
  lines.once('SIGINT', () => process.exit(130))
  try {
    const given = await lines.question(question && `${question}${byDefault && ` ${dim(`[${byDefault}]`)}`}: `)
    return given.trim() || byDefault
  } finally {
    lines.close()
  }
}
