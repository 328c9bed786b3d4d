"""OpenAI's own SDK for Python. https://github.com/openai/openai-python

What changes against OpenAI: base_url, api_key and the model's name. Everything else stays, errors and retries included.
"""

import json
import os

from openai import OpenAI
from pydantic import BaseModel

BASE_URL = os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1")
MODEL = os.environ.get("DRAGOMAN_MODEL", "demo")

client = OpenAI(base_url=BASE_URL, api_key=os.environ["DRAGOMAN_KEY"])

# A whole answer. What did not arrive as it was sent is named in a header.
raw = client.chat.completions.with_raw_response.create(
    model=MODEL, messages=[{"role": "user", "content": "Hello!"}]
)
print("chat:", raw.parse().choices[0].message.content)
print("route:", raw.headers["dragoman-route"], "lost:", raw.headers.get("dragoman-loss", "nothing"))

# A stream. The last chunk holds the usage.
print("stream: ", end="")
stream = client.chat.completions.create(
    model=MODEL,
    stream=True,
    stream_options={"include_usage": True},
    messages=[{"role": "user", "content": "Count to three."}],
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    if chunk.usage:
        print(f"\nusage: {chunk.usage.total_tokens} tokens")

# A tool: its call, its result, and the answer.
tools = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]
messages = [{"role": "user", "content": "What is the weather in Paris?"}]
message = client.chat.completions.create(model=MODEL, messages=messages, tools=tools).choices[0].message
# It goes back as it came: what else it holds (signatures of a provider, say) is needed there.
messages.append(message)
for call in message.tool_calls or []:
    print(f"called: {call.function.name}({json.loads(call.function.arguments)['city']})")
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "Sunny, 21 degrees."})
answer = client.chat.completions.create(model=MODEL, messages=messages, tools=tools)
print("tool:", answer.choices[0].message.content)


# An answer in a form. Providers have this under other names, or as a forced call of a tool.
class Person(BaseModel):
    name: str
    age: int


parsed = client.chat.completions.parse(
    model=MODEL, messages=[{"role": "user", "content": "Ada is 36 years old."}], response_format=Person
)
print("object:", parsed.choices[0].message.parsed.model_dump_json())
