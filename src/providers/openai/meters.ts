// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers

import { standardMeters } from '../../limits/meters.ts'

export const meters = standardMeters
