#!/bin/sh
# man/lint.sh PAGE KASSAY: the page is well formed, and it and the program's help name the same options.
page=$1
kassay=$2
status=0

if command -v groff >/dev/null; then
	groff -man -Tutf8 -ww -z "$page" 2>&1 | grep . && status=1
fi
if command -v mandoc >/dev/null; then
	mandoc -Tlint "$page" | grep . && status=1
fi

in_help=$({ "$kassay" --help; for c in audit snapshot can who-can rightsize explain list role node; do "$kassay" "$c" --help; done; } 2>/dev/null |
	grep -oE -- '--[a-z][a-z-]*[a-z]' | sort -u)
in_page=$(sed 's/\\-/-/g; s/\\f[A-Z]//g' "$page" | grep -v '^\.\\"' | grep -oE -- '--[a-z][a-z-]*[a-z]' | sort -u)
test -n "$in_help" || { echo "$kassay --help names no options"; status=1; }
for o in $in_help; do
	echo "$in_page" | grep -qxe "$o" || { echo "$page: lacks the option $o"; status=1; }
done
for o in $in_page; do
	echo "$in_help" | grep -qxe "$o" || { echo "$page: has $o, the program has not"; status=1; }
done

version=$("$kassay" --version)
grep -qF "\"$version\"" "$page" || { echo "$page: is not of $version"; status=1; }
checks=${page%/*}/kassay-checks.7
if test -f "$checks" && ! sh man/checks.sh "$kassay" | cmp -s - "$checks"; then
	echo "$checks: not what the checks say; run make man"
	status=1
fi
exit $status
