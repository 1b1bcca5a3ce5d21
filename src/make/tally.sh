#!/bin/sh
# tally.sh LOG...: adds up what test programs said of themselves (cmocka's closing lines, or
# "N passed, N failed") and prints one such line.  A program that ended badly without owning up to
# a failed test counts as one failed test; so does one that ran none.
exec awk '
function done_with() {
	if (!file)
		return
	if (!ended || (rc != 0 && f == 0) || p + f + s == 0) {
		printf "%s: ended with status %s, %d tests passed\n", file, ended ? rc : "unknown", p
		f++
	}
	passed += p
	failed += f
}
FNR == 1 { done_with(); file = FILENAME; p = f = s = rc = ended = 0 }
/^\[  PASSED  \] [0-9]+ test/ { p += $4 }
/^\[  FAILED  \] [0-9]+ test/ { f += $4 }
/^\[  SKIPPED \] [0-9]+ test/ { s += $4 }
/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3 }
/^skipped/ { s++ }
/^exit [0-9]+$/ { rc = $2; ended = 1 }
END {
	done_with()
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0 || passed == 0
}' "$@"
