#!/bin/sh
# run.sh BUILD FUZZER...: runs each fuzz target for FUZZ_SECONDS, from the seeds in testdata/fuzz/NAME.
# What is found on the way stays in BUILD/corpus/NAME; an input that crashes, in BUILD/crash/NAME-*.
o=$1
shift
seconds=${FUZZ_SECONDS:-60}
passed=0
failed=0
for fuzzer in "$@"; do
	name=$(basename "$fuzzer" _fuzz)
	seeds=testdata/fuzz/$name
	mkdir -p "$o/corpus/$name" "$o/crash"
	test -d "$seeds" || seeds=
	log=$o/crash/$name.log
	# shellcheck disable=SC2086 # no seeds, no word
	if "$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -verbosity=1 \
		-artifact_prefix="$o/crash/$name-" "$o/corpus/$name" $seeds >"$log" 2>&1; then
		passed=$((passed + 1))
		echo "$name: $(grep -E '^Done ' "$log" | tail -1)"
	else
		failed=$((failed + 1))
		echo "$name: failed"
		tail -40 "$log"
	fi
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0
