#!/bin/sh
# compdb.sh 'COMPILER AND FLAGS' FILE.c...: prints compile_commands.json.
json() {
	printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'
}
dir=$(json "$PWD")
command=$(json "$1")
shift
sep='['
for c in "$@"; do
	printf '%s\n{"directory":"%s","file":"%s","command":"%s -c %s"}' "$sep" "$dir" "$c" "$command" "$c"
	sep=,
done
printf '\n]\n'
