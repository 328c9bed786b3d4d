// The rules of a conversation: whose turn it is, what a part holds, how calls and results go together.
// https://ai.google.dev/gemini-api/docs/thought-signatures
import type { Model } from './models.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Body, Content, Part } from './wire.ts'

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]
const MEDIA = /^(?:image\/(?:png|jpeg|webp|heic|heif)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf|text\/[\w.+-]+)$/
const STAND_INS = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']
const OWN = /^https:\/\/(?:generativelanguage\.googleapis\.com\/|(?:www\.|m\.)?youtube\.com\/|youtu\.be\/)/

const callsIn = ({ parts = [] }: Content) => parts.flatMap(({ functionCall }) => functionCall ?? [])
export const resultsIn = ({ parts = [] }: Content) => parts.flatMap(({ functionResponse }) => functionResponse ?? [])

export function checkConversation({ contents = [], systemInstruction }: Body, model: Model): void {
  if (contents.length === 0) refuse('contents', 'contents is not specified')
  for (const [i, content] of contents.entries()) checkContent(content, `contents[${i}]`, model)
  for (const [j, part] of (systemInstruction?.parts ?? []).entries()) {
    if (part.text === undefined) refuse(`system_instruction.parts[${j}]`, 'only text is supported')
  }
  for (const [i, content] of contents.entries()) {
    const before = contents[i - 1]
    const calls = callsIn(content)
    const results = resultsIn(content)
    if (calls.length > 0 && before?.role !== 'user') {
      throw new Refusal(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
    if (results.length > 0 && (!before || callsIn(before).length === 0)) {
      throw new Refusal('Please ensure that function response turn comes immediately after a function call turn.')
    }
    const open = before ? callsIn(before) : []
    if (open.length !== results.length) {
      throw new Refusal(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
    for (const [k, { name, id }] of results.entries()) {
      const call = open[k]
      if (call?.name !== name || call?.id !== id)
        refuse(`contents[${i}].parts[${k}].function_response`, 'does not match its call')
    }
  }
  if (model.third) checkSignatures(contents)
}

function checkContent({ role, parts = [] }: Content, path: string, model: Model): void {
  if (role !== 'user' && role !== 'model') refuse(`${path}.role`, 'Please use a valid role: user, model.')
  if (parts.length === 0) refuse(`${path}.parts`, 'contents.parts must not be empty.')
  for (const [j, part] of parts.entries()) checkPart(part, role, `${path}.parts[${j}]`, model)
}

function checkPart(part: Part, role: string, path: string, model: Model): void {
  const held = DATA.filter((name) => Object.hasOwn(part, name))
  if (held.length !== 1) refuse(path, "required oneof field 'data' must have one initialized field")
  const { text, inlineData, fileData, functionCall, functionResponse } = part
  if (text === '') refuse(`${path}.text`, 'must not be empty')
  if (functionCall && role !== 'model') refuse(path, "a call is the model's")
  if (functionResponse && role !== 'user') refuse(path, "a result is the user's")
  if (functionResponse && !functionResponse.response) refuse(`${path}.function_response.response`, 'is required')
  if (functionResponse?.parts && !model.third) refuse(`${path}.function_response.parts`, 'not supported by this model')
  const type = inlineData?.mimeType ?? fileData?.mimeType
  if (inlineData && (!type || !inlineData.data)) refuse(`${path}.inline_data`, 'is incomplete')
  if (type !== undefined && !MEDIA.test(type)) throw new Refusal(`Unsupported MIME type: ${type}`)
  if (!fileData) return
  const { fileUri = '' } = fileData
  if (!OWN.test(fileUri) && !(model.addresses && /^https:\/\//.test(fileUri))) {
    refuse(`${path}.file_data.file_uri`, 'Invalid or unsupported file uri')
  }
}

/** In the turn that is going on, the first call of each step has its signature. */
function checkSignatures(contents: readonly Content[]): void {
  const asked = contents.findLastIndex((content) => content.role === 'user' && resultsIn(content).length === 0)
  for (const [i, { role, parts = [] }] of contents.entries()) {
    for (const { thoughtSignature: signature } of parts) {
      if (signature !== undefined && !STAND_INS.includes(signature) && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(signature)) {
        throw new Refusal('Corrupted thought signature.')
      }
    }
    const call = parts.find(({ functionCall }) => functionCall !== undefined)
    if (i <= asked || role !== 'model' || !call || call.thoughtSignature) continue
    throw new Refusal(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Additional data, function call \`default_api:${call.functionCall?.name}\`, position ${i + 1}.`,
    )
  }
}
