// A picture that the model made, as the item of the tool that makes them.
// https://platform.openai.com/docs/guides/tools-image-generation
import { dataUrl } from '../../hub/media.ts'
import type { OutputItem } from './object.ts'

/** @param url a data URL, or an address, which stands beside a result that there is none of. */
export function imageItem(url: string, done = false): OutputItem {
  const data = dataUrl(url)
  const item = { id: '', type: 'image_generation_call', status: done ? 'completed' : 'in_progress', result: null }
  if (!done) return item
  if (!data) return { ...item, url }
  const [, format] = /^image\/(png|jpeg|webp|gif)$/.exec(data.media) ?? []
  return { ...item, result: data.base64, ...(format && { output_format: format }) }
}
