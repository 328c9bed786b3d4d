// What filters said of a prompt and of an answer, which nobody asked for; what they have taken away is told as a finish.
// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter

export const FILTERS = [
  'prompt_filter_results',
  'prompt_annotations',
  'content_filter_results',
  'content_filter_result',
  'content_filter_offsets',
]
