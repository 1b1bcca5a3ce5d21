#!/bin/sh
# Installs into a scratch folder, uses what is there, uninstalls, and looks what was left behind.
set -e
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
make=${MAKE:-make}
passed=0
failed=0
test_that() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "FAILED $what"
		failed=$((failed + 1))
	fi
}

$make --no-print-directory install DESTDIR="$top" prefix=/usr >"$top.log" 2>&1 || cat "$top.log"
rm -f "$top.log"
test_that 'the program runs' "$top/usr/bin/kassay" --version
test_that 'the man page is there' test -s "$top/usr/share/man/man1/kassay.1"
test_that 'the completion is there' test -s "$top/usr/share/bash-completion/completions/kassay"
audit_demo() { (cd "$top" && usr/bin/kassay audit --demo >out 2>err; test $? -le 1 && test -s out && rm -f out err); }
test_that 'it audits its demo away from its sources' audit_demo
test_that 'nothing names the scratch folder' sh -c "! grep -rqF '$top' '$top'"

$make --no-print-directory uninstall DESTDIR="$top" prefix=/usr >/dev/null
left=$(find "$top" ! -type d)
test_that "nothing is left behind: $left" test -z "$left"
echo "$passed passed, $failed failed"
test "$failed" -eq 0
