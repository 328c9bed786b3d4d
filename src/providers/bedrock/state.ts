// What is known of an answer while it is read.
import type { Opening } from '../../hub/json-answer.ts'
import type { Names } from '../../hub/names.ts'
import { type Voice, voiceFor } from '../anthropic/voice.ts'
import type { Citation, ConverseUsage } from './wire.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked {
  /** The answer does not say whose it is. */
  readonly model: string
  readonly names: Names
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** The tool that carries a JSON answer, as it was sent. */
  readonly jsonTool: string | undefined
  /** The model was only told to answer in JSON, which begins so. */
  readonly opens: Opening
  /** The form of the model's thinking, for those who send it back. */
  readonly thinks: string
}

export interface OpenBlock {
  readonly kind: 'plain' | 'tool' | 'custom' | 'json' | 'image' | 'other'
  /** The index among the calls. */
  readonly index: number
  /** The index among the blocks of reasoning, once there is something to it. */
  reasoning: number | undefined
  /** Text of arguments, or an image's base64, that must be whole before it can be said. */
  held: string
  /** An image's. */
  format: string
  spoke: boolean
  /** Where the block's text begins and ends in the choice's text: its own end may never be told. */
  readonly from: number
  to: number
  readonly citations: Citation[]
}

export interface State {
  readonly id: string
  started: boolean
  /** How many calls and blocks of reasoning there were so far. */
  tools: number
  reasonings: number
  /** The length of all text so far. */
  length: number
  readonly voice: Voice
  /** By the service's index, which counts blocks of every kind. */
  readonly blocks: Map<number, OpenBlock>
  usage: ConverseUsage | undefined
  /** `messageStop` was read: nothing less is the end. */
  stopped: boolean
  stop: string
  toldCitations: boolean
  /** The body ended in the middle of a message. */
  torn: boolean
  done: boolean
  failed: boolean
}

/** @param id of the answer, which only its headers tell. */
export function start(id: string, { opens, jsonTool }: Asked): State {
  return {
    id,
    started: false,
    tools: 0,
    reasonings: 0,
    length: 0,
    voice: voiceFor(opens, jsonTool !== undefined),
    blocks: new Map(),
    usage: undefined,
    stopped: false,
    stop: '',
    toldCitations: false,
    torn: false,
    done: false,
    failed: false,
  }
}
