#!/bin/sh
# Prints files as one list of bytes, "10,32,...", for #include between the braces of an initialiser.
# Several files (YAML) are joined by a "---" line.
set -e
first=1
for f in "$@"; do
	test -n "$first" || printf '\n---\n'
	first=
	cat "$f"
done | od -An -v -tu1 | sed 's/^ *//; s/  */,/g; s/$/,/'
