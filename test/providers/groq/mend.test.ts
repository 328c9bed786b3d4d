import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { groq } from '../../../src/providers/groq/index.ts'
import { ACCOUNT } from '../../account.ts'

it('a refusal of thoughts is mended only where there are any', () => {
  const refusal = new GatewayError('invalid_request', "('messages.1' : property 'reasoning' is unsupported)")
  const mended = (message: object) => {
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi', ...message },
    ]
    const request = chatRequestOf({ model: 'm', messages })
    const body = groq.chat.encode(request, 'm', new Ledger(false), ACCOUNT).mend?.(refusal)?.body
    return body && JSON.parse(body).messages[1]
  }
  expect(mended({ reasoning_content: 'Hm.' })).toEqual({ role: 'assistant', content: 'Hi' })
  expect(mended({})).toBeUndefined()
})
