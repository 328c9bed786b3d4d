// The search of the web that OpenAI's search models have built in, as the service's own tool.
// https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool
import type { ChatFields } from '../../hub/request.ts'
import { audit, dropped, type Keys, type Lose } from '../../hub/support.ts'
import type { ServerTool } from './wire.ts'

type Options = NonNullable<ChatFields['web_search_options']>

export const SEARCH = 'web_search'

const NO_SIZE = dropped('The search has no context size.')
const NO_COUNTRY = dropped('A country is two letters, as in ISO 3166-1.')
export const SEARCH_NOTES = [NO_SIZE, NO_COUNTRY]

const OPTION_KEYS: Keys<Options> = { search_context_size: 'used', user_location: 'used' }
const LOCATION_KEYS: Keys<NonNullable<Options['user_location']>> = { type: 'used', approximate: 'used' }
const PLACE_KEYS = { city: 'used', country: 'used', region: 'used', timezone: 'used' } as const

export function webSearch(options: Options, lose: Lose): ServerTool {
  audit(options, OPTION_KEYS, 'web_search_options', lose)
  const { search_context_size: size, user_location: location } = options
  if (size && size !== 'medium') lose(NO_SIZE, { path: 'web_search_options.search_context_size' })
  const tool: ServerTool = { type: 'web_search_20250305', name: SEARCH }
  const at = 'web_search_options.user_location'
  if (location) audit(location, LOCATION_KEYS, at, lose)
  if (!location?.approximate) return tool
  const place = placeOf(location.approximate, `${at}.approximate`, lose)
  return Object.keys(place).length > 0 ? { ...tool, user_location: { type: 'approximate', ...place } } : tool
}

function placeOf(said: Record<string, unknown>, path: string, lose: Lose): Record<string, string> {
  audit(said, PLACE_KEYS, path, lose)
  const place: Record<string, string> = {}
  for (const key of Object.keys(PLACE_KEYS)) {
    const value = said[key]
    if (typeof value !== 'string' || value.trim() === '') continue
    if (key !== 'country') place[key] = value
    else if (/^[a-z]{2}$/i.test(value)) place[key] = value.toUpperCase()
    else lose(NO_COUNTRY, { path: `${path}.country` })
  }
  return place
}
