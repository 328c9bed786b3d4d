// Recorded answers of Gemini's through the pure core: what OpenAI's client reads of ours is what Google's client reads of
// theirs, however the bytes are cut.
import { gemini } from './gemini-subject.ts'
import { replay } from './suite.ts'

replay('gemini', gemini)
