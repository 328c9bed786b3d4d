"""LlamaIndex. https://developers.llamaindex.ai/python

What changes against OpenAI: OpenAILike takes the place of OpenAI, which knows only OpenAI's own names of models.
"""

import asyncio
import os

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

llm = OpenAILike(
    model=os.environ.get("DRAGOMAN_MODEL", "demo"),
    api_base=os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1"),
    api_key=os.environ["DRAGOMAN_KEY"],
    # What cannot be told from the name: it chats, it calls tools, it keeps to a JSON Schema, and how much it can read.
    is_chat_model=True,
    is_function_calling_model=True,
    should_use_structured_outputs=True,
    context_window=200_000,
)

print("chat:", llm.complete("Hello!"))

print("stream: ", end="")
for piece in llm.stream_complete("Count to three."):
    print(piece.delta, end="", flush=True)
print()


def weather(city: str) -> str:
    """The weather in a city."""
    print(f"called: weather({city})")
    return "Sunny, 21 degrees."


async def ask() -> None:
    # The agent streams.
    agent = FunctionAgent(tools=[weather], llm=llm)
    print("tool:", await agent.run("What is the weather in Paris?"))


asyncio.run(ask())


class Person(BaseModel):
    name: str
    age: int


print("object:", llm.as_structured_llm(Person).complete("Ada is 36 years old.").raw.model_dump_json())
