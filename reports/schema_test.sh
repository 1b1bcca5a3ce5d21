#!/bin/sh
# The JSON that the golden test keeps is valid by testdata/report.schema.json, and the validator would
# have said otherwise.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

if ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo 'skipped: python3-jsonschema is not installed'
	exit 0
fi

# expect STATUS FILE WHAT
expect() {
	python3 testdata/validate_report.py "$2" >"$dir/said" 2>&1
	if [ $? -eq "$1" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$3"
		cat "$dir/said"
	fi
}

# refused SED WHAT: the report, changed so, is refused.
refused() {
	sed "$1" testdata/golden/report.json >"$dir/report.json"
	cmp -s testdata/golden/report.json "$dir/report.json" && echo "changes nothing: $1"
	expect 1 "$dir/report.json" "$2 is accepted"
}

expect 0 testdata/golden/report.json 'the golden report is refused'
refused 's/"schema": .*/&"surprise": 1,/' 'a key that the schema does not know'
refused '/"policyFile"/d' 'a report without one of its keys'
refused 's/"status": "pass"/"status": "passed"/' 'a status that does not exist'
refused 's/"id": "00a1c4d2e5f60718"/"id": "1b2c3d4e5f607182"/' 'an id given twice'
refused 's/"pass": 3, /"pass": 4, /' 'a summary that does not add up'
refused 's/"waived": 2}/"waived": 0}/' 'waivers that are not counted'

echo "$passed passed, $failed failed"
test $failed -eq 0
