// Recorded answers of services that speak OpenAI's format through the pure core: what OpenAI's client reads of ours is
// what it reads of theirs, but for what they do otherwise.
import { likeSubject } from './like-client.ts'
import { replay } from './suite.ts'

replay('alibaba', likeSubject())
replay('azure-openai', likeSubject())
replay('cerebras', likeSubject())
replay('crusoe', likeSubject())
replay('deepseek', likeSubject())
replay('groq', likeSubject())
replay('huggingface', likeSubject())
replay('mistral', likeSubject())
replay('moonshot', likeSubject())
replay('ollama', likeSubject())
replay('openai-compatible', likeSubject())
replay('openrouter', likeSubject())
replay('perplexity', likeSubject())
replay('snowflake', likeSubject())
replay('together', likeSubject())
replay('xai', likeSubject(true))
replay('zai', likeSubject())
