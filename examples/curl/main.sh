#!/bin/sh
# Dragoman with nothing but curl.
#
# Against OpenAI only the address, the key and the model's name would be others. `-N` shows a stream as it comes; with `-D -`
# curl also prints the answer's headers: `dragoman-loss` names what did not arrive as it was sent.
set -eu
: "${DRAGOMAN_BASE_URL:=http://127.0.0.1:8787/v1}" "${DRAGOMAN_MODEL:=demo}"

ask() {
  curl -sS -N --fail-with-body "$DRAGOMAN_BASE_URL/chat/completions" \
    -H "authorization: Bearer $DRAGOMAN_KEY" -H 'content-type: application/json' -d @-
}

echo '# a whole answer'
ask <<JSON
{ "model": "$DRAGOMAN_MODEL", "messages": [{ "role": "user", "content": "Hello!" }] }
JSON

printf '\n# a stream\n'
ask <<JSON
{ "model": "$DRAGOMAN_MODEL", "stream": true, "stream_options": { "include_usage": true },
  "messages": [{ "role": "user", "content": "Count to three." }] }
JSON

tools='[{ "type": "function", "function": { "name": "weather", "description": "The weather in a city.",
  "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] } } }]'
question='{ "role": "user", "content": "What is the weather in Paris?" }'

printf '# a call of a tool\n'
call=$(ask <<JSON
{ "model": "$DRAGOMAN_MODEL", "tools": $tools, "messages": [$question] }
JSON
)
echo "$call"

# The answer's message goes back as it came: what else it holds (signatures of a provider, say) is needed there.
message=$(printf '%s' "$call" | node -p 'JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).choices[0].message)')
id=$(printf '%s' "$message" | node -p 'JSON.parse(fs.readFileSync(0, "utf8")).tool_calls[0].id')

printf '\n# its result, and the answer\n'
ask <<JSON
{ "model": "$DRAGOMAN_MODEL", "tools": $tools, "messages": [$question, $message,
  { "role": "tool", "tool_call_id": "$id", "content": "Sunny, 21 degrees." }] }
JSON
echo
