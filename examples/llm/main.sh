#!/bin/sh
# The `llm` command: https://llm.datasette.io
#
# What changes against OpenAI: a model of one's own in `extra-openai-models.yaml`, which names the address, and a key for it.
# `llm openai endpoint "$DRAGOMAN_BASE_URL" -m demo --key …` needs no file, but keeps no log either.
set -eu
: "${DRAGOMAN_BASE_URL:=http://127.0.0.1:8787/v1}" "${DRAGOMAN_MODEL:=demo}"

# Here so that the example leaves your own settings alone. Without this line it is ~/.config/io.datasette.llm, or what
# `dirname "$(llm logs path)"` says.
LLM_USER_PATH=$(mktemp -d) && export LLM_USER_PATH
trap 'rm -rf "$LLM_USER_PATH"' EXIT

cat > "$LLM_USER_PATH/extra-openai-models.yaml" <<YAML
- model_id: dragoman
  model_name: $DRAGOMAN_MODEL
  api_base: $DRAGOMAN_BASE_URL
  api_key_name: dragoman
  supports_tools: true
  supports_schema: true
YAML
llm keys set dragoman --value "$DRAGOMAN_KEY"

echo "chat: $(llm -m dragoman --no-stream 'Hello!')"

printf 'stream: '
llm -m dragoman 'Count to three.'

cat > "$LLM_USER_PATH/weather.py" <<'PYTHON'
import sys


def weather(city: str) -> str:
    """The weather in a city."""
    print(f"called: weather({city})", file=sys.stderr)
    return "Sunny, 21 degrees."
PYTHON
echo "tool: $(llm -m dragoman --functions "$LLM_USER_PATH/weather.py" 'What is the weather in Paris?')"

echo "object: $(llm -m dragoman --schema 'name, age int' 'Ada is 36 years old.')"
