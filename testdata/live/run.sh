#!/bin/sh
# sh run.sh KASSAY [CORPUS]: the tests here with the server in $KUBEBUILDER_ASSETS, else with every minor that
# testdata/apiserver can build here.  The last line is `N passed, N failed`.
set -u
kassay=$1
corpus=${2:-}
here=$(dirname "$0")
passed=0 failed=0

# one TEST ARGUMENT...: adds up what it says last
one() {
	test=$here/$1
	shift
	log=$(mktemp) || exit 1
	trap 'rm -f "$log"; exit 130' INT TERM
	/usr/bin/python3 "$test" "$@" 2>&1 | tee "$log"
	tally=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -1)
	rm -f "$log"
	case $tally in
	'')
		echo 'FAILED: the test itself broke off'
		failed=$((failed + 1))
		;;
	*)
		p=${tally%% *} f=${tally#*, }
		passed=$((passed + p)) failed=$((failed + ${f%% *}))
		;;
	esac
}

every() {
	one live_test.py "$kassay" "$1" ${corpus:+"$corpus"}
	one reviews_test.py "$kassay" "$1" --pairs 4000
	one nodes_test.py "$kassay" "$1"
	one rightsize_test.py "$kassay" "$1"
}

if test -n "${KUBEBUILDER_ASSETS:-}"; then
	every "$KUBEBUILDER_ASSETS"
else
	for minor in "$here"/../apiserver/[0-9]*; do
		assets=$(sh "$here/../apiserver/build.sh" "$(basename "$minor")")
		case $? in
		0) every "$assets" ;;
		3) echo "skipped: no kube-apiserver ${minor##*/}" ;;
		*)
			echo "FAILED: kube-apiserver ${minor##*/} could not be built"
			failed=$((failed + 1))
			;;
		esac
	done
fi
echo "$passed passed, $failed failed"
test "$failed" -eq 0
