// What becomes of the keys of content parts, and of what stands in them, wherever a provider reads them one by one.
import type { AudioPart, FilePart, ImagePart, Part, RefusalPart, TextPart } from '../../schemas/chat.ts'
import { audit, type Keys, type Lose, rejected } from './support.ts'

export const NO_SUCH_PART = rejected('The service has no content part of this type.')
export const ONLY_TEXT = rejected('Only text can stand in a message of this role.')
export const NO_DATA = rejected('The data is empty, or not base64.', 'invalid_value')

type Audit = (part: Part, path: string, lose: Lose) => void

/** `detail` says how closely to look: where there is one way only, it cannot matter. */
const IMAGE: Keys<ImagePart['image_url']> = { url: 'used', detail: 'inert' }
const AUDIO: Keys<AudioPart['input_audio']> = { data: 'used', format: 'used' }
const FILE: Keys<FilePart['file']> = { file_id: 'used', filename: 'used', file_data: 'used' }

/**
 * Tells the losses of a part's own keys. Parts of types that OpenAI lacks have keys that nobody here knows.
 * @param marks what becomes of a cache mark on a part.
 */
export function partAudit(marks: 'used' | 'inert'): Audit {
  const marked = { type: 'used', prompt_cache_breakpoint: marks, cache_control: marks } as const
  const keys: { readonly [P in Part as P['type']]: Keys<P> } = {
    text: { ...marked, text: 'used' } satisfies Keys<TextPart>,
    image_url: { ...marked, image_url: 'used' } satisfies Keys<ImagePart>,
    input_audio: { ...marked, input_audio: 'used' } satisfies Keys<AudioPart>,
    file: { ...marked, file: 'used' } satisfies Keys<FilePart>,
    refusal: { type: 'used', refusal: 'used' } satisfies Keys<RefusalPart>,
  }
  return (part, path, lose) => {
    if (!Object.hasOwn(keys, part.type)) return
    audit(part, keys[part.type], path, lose)
    if (part.type === 'image_url') audit(part.image_url, IMAGE, `${path}.image_url`, lose)
    else if (part.type === 'input_audio') audit(part.input_audio, AUDIO, `${path}.input_audio`, lose)
    else if (part.type === 'file') audit(part.file, FILE, `${path}.file`, lose)
  }
}
