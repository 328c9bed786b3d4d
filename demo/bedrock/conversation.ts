// Rules of the conversation: who speaks when, what stands where, which call has which result.
import type { Model } from './models.ts'
import { Refusal } from './refusal.ts'
import type { Block, ConverseBody, Message } from './wire.ts'

const USER: readonly (keyof Block)[] = ['image', 'document', 'audio', 'toolResult']
const ASSISTANT: readonly (keyof Block)[] = ['toolUse', 'reasoningContent']

const refuse = (message: string): never => {
  throw new Refusal(message)
}

/** @throws Refusal for the first thing that the service would not take. */
export function checkConversation({ messages }: ConverseBody, model: Model): void {
  if (messages[0]?.role !== 'user') {
    refuse(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  for (const [i, message] of messages.entries()) {
    if (i > 0 && messages[i - 1]?.role === message.role) {
      refuse(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      )
    }
    checkBlocks(message, i, model)
    checkCalls(message, messages[i + 1], i)
    checkResults(message, messages[i - 1], i)
  }
  checkPrefill(messages.at(-1), model)
  checkMedia(messages)
}

function checkBlocks({ role, content }: Message, i: number, model: Model): void {
  const foreign = role === 'user' ? ASSISTANT : USER
  for (const block of content) {
    const kind = foreign.find((name) => name in block)
    if (kind) refuse(`The ${kind} block in the message at messages.${i} is not allowed for the role ${role}.`)
    if ('audio' in block && !model.hears) refuse(`This model doesn't support audio content.`)
    const id = block.toolUse?.toolUseId ?? block.toolResult?.toolUseId
    if (model.nineIds && id !== undefined && !/^[a-zA-Z0-9]{9}$/.test(id)) {
      refuse(`Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`)
    }
  }
  if (content.every((block) => 'reasoningContent' in block || 'cachePoint' in block)) {
    refuse(
      `The content field in the Message object at messages.${i} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  }
  const firstOther = content.findIndex((block) => !('reasoningContent' in block))
  if (content.findLastIndex((block) => 'reasoningContent' in block) > firstOther) {
    refuse(`messages.${i}: reasoning content must come first.`)
  }
  if (content.some((block) => 'document' in block) && !content.some((block) => 'text' in block)) {
    refuse('A text block must be included when documents are provided. Add a text block and try again.')
  }
}

const callsIn = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap(({ toolUse }) => toolUse?.toolUseId ?? [])
const resultsIn = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap(({ toolResult }) => toolResult?.toolUseId ?? [])

function checkCalls(message: Message, next: Message | undefined, i: number): void {
  const calls = callsIn(message)
  if (new Set(calls).size < calls.length) refuse(`The toolUse blocks at messages.${i}.content contain duplicate Ids.`)
  const results = resultsIn(next)
  const missing = calls.filter((id) => !results.includes(id))
  if (missing.length > 0) {
    refuse(`Expected toolResult blocks at messages.${i + 1}.content for the following Ids: ${missing.join(', ')}`)
  }
}

function checkResults(message: Message, previous: Message | undefined, i: number): void {
  const results = resultsIn(message)
  const calls = callsIn(previous)
  if (results.length > calls.length || results.some((id) => !calls.includes(id))) {
    refuse(
      `The number of toolResult blocks at messages.${i}.content exceeds the number of toolUse blocks of previous turn.`,
    )
  }
}

function checkPrefill(last: Message | undefined, model: Model): void {
  if (last?.role !== 'assistant') return
  if (!model.prefill)
    refuse('This model does not support assistant message prefill. The conversation must end with a user message.')
  if (/\s$/.test(last.content.at(-1)?.text ?? '')) refuse('final assistant content cannot end with trailing whitespace')
}

function checkMedia(messages: readonly Message[]): void {
  const blocks = messages.flatMap(({ content }) => content.flatMap((one) => [one, ...(one.toolResult?.content ?? [])]))
  if (blocks.filter(({ image }) => image).length > 20) refuse('too many images: the limit is 20')
  const names = blocks.flatMap(({ document }) => document?.name ?? [])
  if (names.length > 5) refuse('too many documents: the limit is 5')
  if (new Set(names).size < names.length) refuse('Duplicate document names found. Document names must be unique.')
}
