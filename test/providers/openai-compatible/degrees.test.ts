import { describe, expect, it } from 'vitest'
import { type Degrees, degrees } from '../../../src/providers/openai-compatible/degrees.ts'
import { plain } from '../../../src/providers/openai-compatible/rows.ts'
import { type Fields, send } from './like.ts'

const THREE: Degrees = { minimal: 'low', none: 'low' }
const fields = { ...plain, ...degrees((model) => (model === 'fixed' ? undefined : THREE)) }
const sent = (asked: Fields, model?: string) => send(asked, { fields }, model)

describe('efforts', () => {
  it.each<[Fields, string]>([
    [{ reasoning_effort: 'high' }, 'high'],
    [{ reasoning: { effort: 'high' } }, 'high'],
    [{ reasoning_effort: 'constructor' }, 'constructor'],
  ])('of %j are sent as they are', (asked, effort) => {
    const { body, losses } = sent(asked)
    expect(body.reasoning_effort).toBe(effort)
    expect(losses).toEqual([])
  })

  it.each<[Fields, string]>([
    [{ reasoning_effort: 'minimal' }, 'reasoning_effort'],
    [{ reasoning: { effort: 'minimal' } }, 'reasoning'],
    [{ reasoning: { enabled: false } }, 'reasoning'],
  ])('of %j are the nearest', (asked, path) => {
    const { body, losses } = sent(asked)
    expect(body.reasoning_effort).toBe('low')
    expect(losses).toMatchObject([{ path, kind: 'clamped', sent: 'low' }])
  })

  it.each<[Fields, string]>([
    [{ reasoning_effort: 'low' }, 'reasoning_effort'],
    [{ reasoning: { effort: 'low' } }, 'reasoning'],
  ])('of %j are not sent where the model has none', (asked, path) => {
    const { body, losses } = sent(asked, 'fixed')
    expect(body).not.toHaveProperty('reasoning_effort')
    expect(losses).toMatchObject([{ path, kind: 'dropped' }])
  })

  it('that are not asked for are none', () => {
    const { body, losses } = sent({ reasoning: { enabled: true, exclude: true } }, 'fixed')
    expect(body).not.toHaveProperty('reasoning_effort')
    expect(losses).toEqual([])
  })
})
