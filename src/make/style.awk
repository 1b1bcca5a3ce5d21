# awk -f src/make/style.awk FILE.c FILE.h...: what no compiler tells; fails when something is found.

function say(what) {
	print where ": " what
	bad = 1
}

FNR == 1 {
	check_whole()
	lines = 0
	banned = 0
	file = FILENAME
}
{
	lines = FNR
	where = FILENAME ":" FNR
}
/[ \t]$/	{ say("white space at the end of the line") }
/^        /	{ say("indented with spaces") }
/\r/		{ say("carriage return") }
/TODO|FIXME|(^|[^X])XXX([^X]|$)/ { say("say what decides it, or do it") }
/^#include "util\/banned[.]h"/ { banned = 1 }
/^#include "banned[.]h"/ { banned = 1 }

# Once a file has been read to its end.
function check_whole() {
	if (!file)
		return
	where = file
	if (file ~ /[.]c$/ && lines > 800)
		say(lines " lines: split it by subject")
	if (file ~ /^src\/.*[.]c$/ && file !~ /_(test|fuzz|bench)[.]c$/ && !banned)
		say("does not include util/banned.h")
}
END {
	check_whole()
	exit bad
}
