#!/bin/sh
# man/checks.sh KASSAY: prints kassay-checks(7) from what the program says of its checks.
kassay=$1
# shellcheck disable=SC2016 # the backquotes and $1 are not the shell's
to_man='
function text(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	sub(/^[.]/, "\\\\\\&.", s)
	sub(/^\047/, "\\\\\\&\047", s)
	return s
}
NR == 1	{ print ".SS " text($0); next }
/^$/	{ next }
/^[^ ]/	{ print ".TP"; print ".B " text($0); part = $0; next }
	{ sub(/^ +/, ""); if (part == "Controls" && listed++) print ".br"; s = text($0); gsub(/  +/, "\n", s); print s }'

version=$("$kassay" --version)
cat <<END
.\\" Written by man/checks.sh (make man); do not edit.
.TH KASSAY-CHECKS 7 "$(sed -n 's/^\.TH KASSAY 1 "\([^"]*\)".*/\1/p' man/kassay.1)" "$version" "Miscellaneous"
.SH NAME
kassay-checks \\- what kassay checks, why, and how to mend what it finds
.SH DESCRIPTION
Every check of
.BR kassay (1),
by its key, with the severity of what it finds.
.B "kassay explain"
.I KEY
prints the same.
.SH CHECKS
END
"$kassay" list checks | awk '{ print $1 }' | while read -r key; do
	"$kassay" explain "$key" | awk "$to_man"
done
cat <<END
.SH SEE ALSO
.BR kassay (1)
END
