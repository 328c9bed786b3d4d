// A large JSON body, read without a second copy of what makes it large.
import { parseJson } from './hub/json.ts'
import { decode, hasSpecial, LARGE, LONG } from './hub/large-json.ts'
import { bytesEnd, skipBytes } from './wire/splice.ts'

const QUOTE = 34
const COLON = 58

/**
 * Parses a request body.
 * @throws GatewayError 400: not UTF-8, and as `parseJson`.
 */
export function parseBytes(bytes: Uint8Array): unknown {
  if (bytes.length < LARGE) return parseJson(decode(bytes))
  const { text, long } = shortened(bytes)
  return parseJson(text, long)
}

interface Shortened {
  readonly text: string
  /** What stands for what. */
  readonly long: ReadonlyMap<string, string>
}

/** The text with a name in the place of each long string that is a value and has no escapes. */
function shortened(bytes: Uint8Array): Shortened {
  // Nobody can write into a body what is only drawn here.
  const nonce = crypto.randomUUID()
  const long = new Map<string, string>()
  let text = ''
  let kept = 0
  for (let open = bytes.indexOf(QUOTE); open !== -1; ) {
    const end = bytesEnd(bytes, open) - 1
    if (end - open > LONG && bytes[skipBytes(bytes, end + 1)] !== COLON) {
      const value = decode(bytes.subarray(open + 1, end), true)
      if (!hasSpecial(value)) {
        const name = `${nonce}:${long.size}`
        long.set(name, value)
        text += decode(bytes.subarray(kept, open + 1)) + name
        kept = end
      }
    }
    open = bytes.indexOf(QUOTE, end + 1)
  }
  return { text: text + decode(bytes.subarray(kept)), long }
}
