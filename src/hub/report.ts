// The losses of a request, in the answer: `dragoman`, at its top level, where the client asked for it.
import { type Loss, reportOf } from './loss.ts'

/** A JSON object's text, with whatever stands around it, and the report as the object's last member. */
export function withReport(text: string, report: readonly Loss[]): string {
  const end = text.lastIndexOf('}')
  // What is no object has no place for it: its last brace is within an array or a string, if there is one.
  if (end === -1 || /["\]]/.test(text.slice(end))) return text
  const before = text.slice(0, end)
  const comma = before.trimEnd().endsWith('{') ? '' : ','
  return `${before}${comma}"dragoman":${JSON.stringify(reportOf(report))}${text.slice(end)}`
}
