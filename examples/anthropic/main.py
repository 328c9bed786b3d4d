"""Anthropic's own SDK for Python, for any provider. https://github.com/anthropics/anthropic-sdk-python

What changes against Anthropic: base_url, which has no /v1 at its end here, the key and the model's name. Behind Claude the
bytes pass as they are; behind everybody else the Messages API is translated.
"""

import os

from anthropic import Anthropic, beta_tool
from pydantic import BaseModel

MODEL = os.environ.get("DRAGOMAN_MODEL", "demo")
BASE_URL = os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1")

client = Anthropic(base_url=BASE_URL.removesuffix("/v1"), api_key=os.environ["DRAGOMAN_KEY"])


def text_of(message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


answer = client.messages.create(
    model=MODEL, max_tokens=1024, messages=[{"role": "user", "content": "Hello!"}]
)
print("chat:", text_of(answer))

print("stream: ", end="")
with client.messages.stream(
    model=MODEL, max_tokens=1024, messages=[{"role": "user", "content": "Count to three."}]
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
    usage = stream.get_final_message().usage
print(f"\nusage: {usage.input_tokens + usage.output_tokens} tokens")


@beta_tool
def weather(city: str) -> str:
    """The weather in a city."""
    print(f"called: weather({city})")
    return "Sunny, 21 degrees."


# The runner calls the function and sends its result back, until there is an answer.
runner = client.beta.messages.tool_runner(
    model=MODEL,
    max_tokens=1024,
    tools=[weather],
    messages=[{"role": "user", "content": "What is the weather in Paris?"}],
)
print("tool:", text_of(runner.until_done()))


class Person(BaseModel):
    name: str
    age: int


parsed = client.messages.parse(
    model=MODEL,
    max_tokens=1024,
    messages=[{"role": "user", "content": "Ada is 36 years old."}],
    output_format=Person,
)
print("object:", parsed.parsed_output.model_dump_json())
