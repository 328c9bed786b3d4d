// What is known of an answer while it is read.
import { ThoughtSplitter } from '../openai-compatible/think.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked {
  /** The service does not say which model it has. */
  readonly model: string
  readonly maxTokens: number
  /** Calls are read; without tools, what looks like one is text. */
  readonly calls: boolean
  /** Only the first call is passed on. */
  readonly single: boolean
  /** What the prompt counts as, as far as that can be guessed: only the end tells it, if anything does. */
  readonly prompt: () => number
}

export interface State {
  started: boolean
  /** The service's name of the request. */
  id: string
  calls: number
  /** The raw text of calls that are not read yet. */
  held: string
  /** Tokens so far. Each is a line. */
  tokens: number
  /** The older generation does not tell thoughts from text. */
  readonly splitter: ThoughtSplitter
  /** `Done` was read: nothing less is the end. */
  done: boolean
  failed: boolean
}

export function start(): State {
  return {
    started: false,
    id: '',
    calls: 0,
    held: '',
    tokens: 0,
    splitter: new ThoughtSplitter(['<think>', '</think>'], false),
    done: false,
    failed: false,
  }
}
