#!/bin/sh
# Shows that each lint bites: breaks one thing in a copy of the tree and expects the lint to fail and
# to name the culprit.  Run by `make check`, which sets MAKE and O (the object tree).
make="${MAKE:-make} --no-print-directory"
o=${O:-build}
top=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# A copy with what make has built, so that only what is broken is built anew.
cp -pR Makefile src include checks reports man "$scratch"
mkdir -p "$scratch/testdata" "$scratch/$o/checks"
for d in checks demo; do
	test ! -d testdata/$d || cp -pR testdata/$d "$scratch/testdata"
done
find "$o" -name '*.[oda]' -o -name '*.inc' -o -path "$o/flags" -o -path "$o/objects" -o -path "$o/kassay" \
	-o -path "$o/checks/registry_test" | tar -cf - -T - | tar -xf - -C "$scratch"
cd "$scratch" || exit 2

# bites NAME TARGET CULPRIT FILE...: FILEs have been changed; they are put back.
bites() {
	what=$1
	target=$2
	culprit=$3
	shift 3
	if $make "$target" >log 2>&1; then
		echo "FAILED $what: make $target does not mind"
		failed=$((failed + 1))
	elif ! grep -qFe "$culprit" log; then
		echo "FAILED $what: make $target does not name $culprit:"
		cat log
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
	for f in "$@"; do
		rm -rf "$f"
		cp -pR "$top/$f" "$f"
		# Newer than what was built from the broken one.
		find "$f" -name '*.c' -exec touch {} +
	done
}

holds() {
	if $make "$2" >log 2>&1; then
		passed=$((passed + 1))
	else
		echo "FAILED $1:"
		cat log
		failed=$((failed + 1))
	fi
}

holds 'the tree as it is keeps to its floors' floors
holds 'the tree as it is is tidy' style
holds 'every check has what it needs' registry

echo '#include "engine/run.h"' >>src/util/str.c
bites 'a floor includes one above it' floors 'src/util/str.c: may not include engine/run.h' src/util/str.c

echo '#include <jansson.h>' >>checks/registry.c
bites 'a check includes a library' floors 'checks/registry.c: may not include jansson.h' checks/registry.c

echo 'src/util/gone.c: zlib.h' >>src/floors
bites 'the floors name a file that is gone' floors 'src/util/gone.c is not there' src/floors

mkdir -p src/cellar && echo '#include <stdio.h>' >src/cellar/x.c
bites 'a folder has no floor' floors 'src/cellar' Makefile
rm -r src/cellar

sed -i 's/$/ /' src/util/err.c
bites 'lines end in white space' style 'src/util/err.c:1:' src/util/err.c

sed -i '/banned[.]h/d' src/util/str.c
bites 'a file does without banned.h' style 'src/util/str.c: does not include' src/util/str.c

key=pod-privileged
rm -r "testdata/checks/$key"
bites 'a check has no fixture' registry "$key" "testdata/checks/$key"

# The first text of the check, whatever file it lives in.
file=$(grep -l "\"$key\"" checks/*.c | grep -v bench_ | head -1)
awk -v key="\"$key\"" '
	index($0, key) { in_row = 1 }
	in_row && /[.]title *= *".*",/ { sub(/".*",/, "\"\","); in_row = 0 }
	{ print }' "$top/$file" >"$file"
bites 'a check has no title' registry "$key" "$file"

sed -i "s/\"$key\"/\"pod-privilegde\"/" checks/bench_cis.c
bites 'a map names a check that is not there' registry 'pod-privilegde' checks/bench_cis.c

sed -i '/fail..on/d' man/kassay.1
bites 'the man page lacks an option' man-lint 'lacks the option --fail-on' man/kassay.1

printf '.TP\n.B \\-\\-no\\-such\\-option\nDoes nothing.\n' >>man/kassay.1
bites 'the man page has an option too many' man-lint 'has --no-such-option' man/kassay.1

sed -i '1i struct missing_one { no_such_type x; };' include/kassay/err.h
bites 'a header does not compile' hdr-check 'include/kassay/err.h' include/kassay/err.h

echo "$passed passed, $failed failed"
test "$failed" -eq 0
