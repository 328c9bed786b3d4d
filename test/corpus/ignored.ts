// The differences that are let pass, all of them, each with its reason. An entry that no longer matters fails its test.
import type { Difference } from './reading.ts'

interface Ignored {
  /** The cases it stands for. */
  readonly name: RegExp
  readonly field: string
  /** One of those cases, by which it is seen whether the entry still matters: another set may have none. */
  readonly example: string
  /** Only a difference of this kind, where a name would say too little. */
  readonly where?: (difference: Difference) => boolean
  readonly reason: string
}

const IGNORED: readonly Ignored[] = [
  {
    name: /^ai\.openai-error/,
    field: 'status',
    example: 'ai.openai-error-1.json',
    where: ({ expected, actual }) => expected === 400 && actual === 429,
    reason:
      'An empty account, recorded with 400. Clients know it as 429 `insufficient_quota`, which is what the service itself ' +
      'answers and what the gateway makes of it whatever its status.',
  },
  {
    name: /\(replayed\)$/,
    field: 'calls',
    example: 'anthropic-sdk-python.incomplete-partial-json-response',
    where: ({ expected }) => (expected as { arguments: string }[]).some((call) => !isJson(call.arguments)),
    reason:
      'The token limit cut the arguments. The client mends them when it folds the stream, so that they cannot be asked ' +
      'for again as they came; as a stream they are compared to the letter.',
  },
]

const mattered = new Set<Ignored>()

/** The differences of a case that nothing excuses. */
export function unexcused(name: string, all: readonly Difference[]): Difference[] {
  return all.filter((difference) => {
    const excuse = IGNORED.find(
      (one) => one.field === difference.field && one.name.test(name) && (one.where?.(difference) ?? true),
    )
    if (excuse) mattered.add(excuse)
    return !excuse
  })
}

/** The entries that excused nothing, though their example was compared. */
export function stale(names: readonly string[]): string[] {
  return IGNORED.filter((one) => !mattered.has(one) && names.includes(one.example)).map(({ reason }) => reason)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
