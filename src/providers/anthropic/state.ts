// What is known of an answer while it is read.
import type { Opening } from '../../hub/json-answer.ts'
import { type MessagesUsage, usageOf } from '../../hub/messages-usage.ts'
import type { Names } from '../../hub/names.ts'
import { addUsage, type Usage } from '../../hub/usage.ts'
import { Transcript } from './pause.ts'
import type { Surface } from './surface.ts'
import { type Voice, voiceFor } from './voice.ts'
import type { Citation } from './wire.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked extends Pick<Surface, 'framing' | 'failure'> {
  readonly names: Names
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** The tool that carries a JSON answer, as it was sent. */
  readonly jsonTool: string | undefined
  /** The model was only told to answer in JSON, which begins so. */
  readonly opens: Opening
  /** The service may pause between its own tools, so that the answer is kept for going on. */
  readonly pausable: boolean
}

export interface OpenBlock {
  readonly kind: 'text' | 'reasoning' | 'tool' | 'custom' | 'json' | 'other'
  /** The index among the calls, or among the blocks of reasoning. */
  readonly index: number
  /** What the start event brought, for a call whose input comes in no delta. */
  readonly input: string
  /** Text of arguments that must be whole before it can be said. */
  held: string
  spoke: boolean
  /** Where the block's text begins in the choice's text. */
  readonly from: number
  readonly citations: Citation[]
}

export interface State {
  started: boolean
  /** How many calls and blocks of reasoning there were so far. */
  tools: number
  reasonings: number
  /** The length of all text so far. */
  length: number
  readonly voice: Voice
  /** By the service's index, which counts blocks of every kind. */
  readonly blocks: Map<number, OpenBlock>
  usage: MessagesUsage
  stop: string | null
  /** The stop sequence that ended the answer. */
  sequence: string | null
  explanation: string | undefined
  toldCitations: boolean
  container: unknown
  readonly transcript: Transcript | undefined
  /** How often the answer was gone on with, and what its parts before this one used. */
  readonly pauses: number
  readonly before: Usage | undefined
  /** `message_stop` was read: nothing less is the end. */
  done: boolean
  /** What ended is a part: the service waits to be asked for the rest. */
  paused: boolean
  failed: boolean
}

export function start(asked: Asked): State {
  return {
    started: false,
    tools: 0,
    reasonings: 0,
    length: 0,
    voice: voiceFor(asked.opens, asked.jsonTool !== undefined),
    blocks: new Map(),
    usage: {},
    stop: null,
    sequence: null,
    explanation: undefined,
    toldCitations: false,
    container: undefined,
    transcript: asked.pausable ? new Transcript([]) : undefined,
    pauses: 0,
    before: undefined,
    done: false,
    paused: false,
    failed: false,
  }
}

/** The state in which the next part of a paused answer begins. */
export function goOn(state: State): State {
  return {
    ...state,
    blocks: new Map(),
    usage: {},
    stop: null,
    sequence: null,
    transcript: new Transcript(state.transcript?.blocks ?? []),
    pauses: state.pauses + 1,
    before: usedSoFar(state),
    done: false,
    paused: false,
  }
}

/** What all parts of an answer used, this one included. */
export function usedSoFar({ usage, before }: State): Usage {
  const used = usageOf(usage)
  return before ? addUsage(before, used) : used
}
