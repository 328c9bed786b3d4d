"""OpenAI's Agents SDK for Python. https://openai.github.io/openai-agents-python

What changes against OpenAI: a provider with an address, and no traces, since those would be sent to OpenAI.
The SDK speaks Responses unless it is told otherwise; Dragoman takes both, so use_responses is yours to choose.
"""

import asyncio
import os

from agents import Agent, ModelSettings, OpenAIProvider, RunConfig, Runner, function_tool
from openai.types.responses import ResponseTextDeltaEvent
from pydantic import BaseModel

MODEL = os.environ.get("DRAGOMAN_MODEL", "demo")

config = RunConfig(
    model_provider=OpenAIProvider(
        base_url=os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1"),
        api_key=os.environ["DRAGOMAN_KEY"],
        use_responses=os.environ.get("DRAGOMAN_RESPONSES") == "1",
    ),
    # With an address of one's own the SDK asks for the usage of a stream only if it is told to.
    model_settings=ModelSettings(include_usage=True),
    tracing_disabled=True,
)


@function_tool
def weather(city: str) -> str:
    """The weather in a city."""
    print(f"called: weather({city})")
    return "Sunny, 21 degrees."


class Person(BaseModel):
    name: str
    age: int


async def main() -> None:
    agent = Agent(name="Guide", instructions="Be brief.", model=MODEL)

    result = await Runner.run(agent, "Hello!", run_config=config)
    print("chat:", result.final_output)

    print("stream: ", end="")
    stream = Runner.run_streamed(agent, "Count to three.", run_config=config)
    async for event in stream.stream_events():
        if event.type == "raw_response_event" and isinstance(event.data, ResponseTextDeltaEvent):
            print(event.data.delta, end="", flush=True)
    print(f"\nusage: {stream.context_wrapper.usage.total_tokens} tokens")

    told = Runner.run_streamed(
        agent.clone(tools=[weather]), "What is the weather in Paris?", run_config=config
    )
    async for _ in told.stream_events():
        pass
    print("tool:", told.final_output)

    registrar = Agent(name="Registrar", model=MODEL, output_type=Person)
    person = await Runner.run(registrar, "Ada is 36 years old.", run_config=config)
    print("object:", person.final_output.model_dump_json())


asyncio.run(main())
