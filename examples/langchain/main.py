"""LangChain for Python. https://docs.langchain.com/oss/python

What changes against OpenAI: base_url, api_key and the model's name.
"""

import os

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

model = ChatOpenAI(
    model=os.environ.get("DRAGOMAN_MODEL", "demo"),
    base_url=os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1"),
    api_key=os.environ["DRAGOMAN_KEY"],
    # With an address of one's own LangChain asks for the usage of a stream only if it is told to.
    stream_usage=True,
)

print("chat:", model.invoke("Hello!").text)

print("stream: ", end="")
whole = None
for chunk in model.stream("Count to three."):
    print(chunk.text, end="", flush=True)
    whole = chunk if whole is None else whole + chunk
print(f"\nusage: {whole.usage_metadata['total_tokens']} tokens")


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    print(f"called: weather({city})")
    return "Sunny, 21 degrees."


agent = create_agent(model, [weather])
state = agent.invoke({"messages": [{"role": "user", "content": "What is the weather in Paris?"}]})
print("tool:", state["messages"][-1].text)


class Person(BaseModel):
    name: str
    age: int


people = model.with_structured_output(Person, method="json_schema")
print("object:", people.invoke("Ada is 36 years old.").model_dump_json())
