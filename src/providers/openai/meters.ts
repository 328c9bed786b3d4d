// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers. A reset is when the whole limit is there
// again: with 200 requests a day, one of them gone, it says 7m12s.

import { refillingMeters } from '../../limits/meters.ts'

export const meters = refillingMeters
