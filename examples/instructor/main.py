"""Instructor, which turns answers into objects. https://python.useinstructor.com

What changes against OpenAI: the client it is given. The default mode calls a tool; Mode.JSON_SCHEMA asks for JSON in a
form. Both are translated.
"""

import os

import instructor
from openai import OpenAI
from pydantic import BaseModel

MODEL = os.environ.get("DRAGOMAN_MODEL", "demo")

openai = OpenAI(
    base_url=os.environ.get("DRAGOMAN_BASE_URL", "http://127.0.0.1:8787/v1"),
    api_key=os.environ["DRAGOMAN_KEY"],
)


class Person(BaseModel):
    name: str
    age: int


ADA = [{"role": "user", "content": "Ada is 36 years old."}]

# By a tool, as Instructor does it where nobody says otherwise.
client = instructor.from_openai(openai)
print("object:", client.create(model=MODEL, response_model=Person, messages=ADA).model_dump_json())

# The object grows while the answer comes.
for person in client.create_partial(model=MODEL, response_model=Person, messages=ADA):
    pass
print("partial:", person.model_dump_json())

# One object after the other.
people = client.create_iterable(model=MODEL, response_model=Person, messages=ADA)
print("iterable:", [person.name for person in people])

# By a JSON Schema.
strict = instructor.from_openai(openai, mode=instructor.Mode.JSON_SCHEMA)
print("schema:", strict.create(model=MODEL, response_model=Person, messages=ADA).model_dump_json())
