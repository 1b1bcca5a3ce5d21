#!/bin/sh
# runtest.sh LOG COMMAND...: runs one test program, keeps its output in LOG and shows what matters of
# it: the closing lines when it went well, everything when it did not.  Always succeeds;
# src/make/tally.sh reads the verdict from LOG, whose last line is "exit N".
log=$1
shift
mkdir -p "$(dirname "$log")"
"$@" >"$log" 2>&1
rc=$?
name=${log%.log}
if [ $rc -eq 0 ] && [ "$V" != 1 ]; then
	shown=$(grep -E '^\[  (PASSED|SKIPPED) +\] [0-9]+ test|^[0-9]+ passed, [0-9]+ failed$|^skipped' "$log")
else
	shown=$(cat "$log")
fi
printf '  %-7s %s\n%s\n' TEST "${name#build*/}" "$shown"
echo "exit $rc" >>"$log"
