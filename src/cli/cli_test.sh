#!/bin/sh
# Runs the program as its users do: the demo against golden files, every kind of bad input, and the exit status of each.
# KASSAY_GOLDEN=rewrite writes the golden files anew.
set -u
O=${O:-build}
kassay=$PWD/$O/kassay
golden=$PWD/testdata/golden
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
export SOURCE_DATE_EPOCH=1772323200 LC_ALL=C HOME=/nonexistent
unset NO_COLOR KUBECONFIG KUBERNETES_SERVICE_HOST 2>/dev/null

ok() {
	passed=$((passed + 1))
}
bad() {
	failed=$((failed + 1))
	printf 'FAILED: %s\n' "$1"
}

# run ARG...: the program's output in $tmp/out and $tmp/err, its exit status in $rc.
run() {
	"$kassay" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
}
# status WHAT WANT: the exit status of the last run.
status() {
	if [ "$rc" -eq "$2" ]; then
		ok
	else
		bad "$1: exit status $rc instead of $2"
		head -5 "$tmp/err"
	fi
}
# says WHAT TEXT: standard error has this text.
says() {
	if grep -qF -- "$2" "$tmp/err"; then
		ok
	else
		bad "$1: standard error does not say: $2"
		head -5 "$tmp/err"
	fi
}
# one_line WHAT: errors are one line each, and nothing was printed on standard output.
one_line() {
	if [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ ! -s "$tmp/out" ]; then
		ok
	else
		bad "$1: not one line on standard error and nothing on standard output"
		head -5 "$tmp/err"
	fi
}
# refused WHAT TEXT ARG...: exit 2 with one line that has this text.
refused() {
	what=$1 text=$2
	shift 2
	run "$@"
	status "$what" 2
	says "$what" "$text"
	one_line "$what"
}
# same WHAT FILE FILE
same() {
	if cmp -s "$2" "$3"; then
		ok
	else
		bad "$1"
		diff "$2" "$3" | head -20
	fi
}
# against WHAT NAME FILE: FILE is the golden file NAME.
against() {
	if [ "${KASSAY_GOLDEN:-}" = rewrite ]; then
		mkdir -p "$golden"
		cp "$3" "$golden/$2"
	fi
	same "$1 differs from testdata/golden/$2" "$golden/$2" "$3"
}
# printed NAME ARG...: standard output is the golden file NAME, and all is well.
printed() {
	name=$1
	shift
	run "$@"
	status "kassay $*" 0
	against "kassay $*" "$name" "$tmp/out"
}

# --- the demo --------------------------------------------------------------------------------------

run audit --demo -o terminal="$tmp/demo.txt" -o json="$tmp/demo.json" -o junit="$tmp/demo.xml" -o html="$tmp/demo.html"
status 'the demo' 1
for form in txt json xml html; do
	against 'the demo' "demo.$form" "$tmp/demo.$form"
done
run audit --demo -q
same 'terminal text is not what goes to standard output' "$tmp/demo.txt" "$tmp/out"
for form in json junit html; do
	run audit --demo -q -o $form
	case $form in junit) file=xml ;; *) file=$form ;; esac
	same "-o $form and -o $form=FILE differ" "$tmp/demo.$file" "$tmp/out"
done
run audit -q -f testdata/demo --fail-on never -o json
status 'never failing' 0
run audit --demo -q --baseline "$tmp/demo.json" --fail-on info
status 'a baseline of all findings' 0
run audit --demo -q --min-coverage 100 --benchmark cis-kubernetes-2.0.1
status 'coverage below what was asked for' 3
if grep -q 'hunter2\|correct-horse\|not-a-real-key' "$tmp"/demo.*; then
	bad 'a secret value is in a report'
else
	ok
fi

# --- a node ----------------------------------------------------------------------------------------

mkdir -p "$tmp/node/etc/kubernetes/pki"
: >"$tmp/node/etc/kubernetes/pki/ca.key"
chmod 640 "$tmp/node/etc/kubernetes/pki/ca.key"
NODE_NAME=n-1 "$kassay" node --root "$tmp/node" >"$tmp/n-1.json"
rc=$?
status 'a node' 0
printf '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n-%s","uid":"%s"}}\n' 1 1 2 2 >"$tmp/nodes.json"
sed 1q "$tmp/nodes.json" >"$tmp/node.json"
run audit -f "$tmp/node.json" --node-facts "$tmp/n-1.json" --check 'node-pki-key-mode' -o json
status 'a key that others may read' 1
if grep -q '"path": *"facts.files\[/etc/kubernetes/pki/ca.key\].mode"' "$tmp/out"; then
	ok
else
	bad 'a key that others may read is not named'
fi
run audit -f "$tmp/nodes.json" --node-facts "$tmp/n-1.json" --check 'node-scheduler-manifest-mode' -o json
status 'a node without facts' 3

# --- words -----------------------------------------------------------------------------------------

printed version.txt --version
printed help.txt --help
for command in audit snapshot can who-can rightsize explain list role node; do
	printed help-$command.txt $command --help
done
for what in checks benchmarks formats; do
	printed list-$what.txt list $what
	printed list-$what.json list $what -o json
done
printed role.yaml role --check 'psa-*' --check kubelet-anonymous-auth
printed role-namespaces.yaml role --check netpol-default-deny --check secret-in-env -n shop -n web
for key in $("$kassay" list checks | cut -d' ' -f1); do
	run explain "$key"
	[ $rc -eq 0 ] && [ -s "$tmp/out" ] && [ ! -s "$tmp/err" ] || bad "explain $key"
done
ok
printed explain-check.txt explain pod-privileged
printed explain-check.json explain pod-privileged -o json
printed explain-control.txt explain cis-kubernetes-2.0.1 5.1.1
printed explain-control.json explain cis-kubernetes-2.0.1 5.1.1 -o json

# --- who may do what -------------------------------------------------------------------------------

# answered NAME STATUS ARG...: standard output is the golden file NAME.
answered() {
	name=$1 want=$2
	shift 2
	run "$@"
	status "kassay $*" "$want"
	against "kassay $*" "$name" "$tmp/out"
}
answered can-yes.txt 0 can --demo --as ServiceAccount:ci:builder create serviceaccounts/token web -n shop
answered can-yes.json 0 can --demo --as system:serviceaccount:ci:builder create serviceaccounts/token web -n shop -o json
answered can-no.txt 1 can --demo --as User:nobody delete nodes
answered can-no.json 1 can --demo --as User:nobody --as-group shop-support get secrets -n shop -o json
answered can-masters.txt 0 can --demo --as Group:system:masters delete nodes
answered can-lost.txt 1 can --demo --as ServiceAccount:legacy:deployer get secrets -n legacy
answered can-all.txt 0 can --demo --as ServiceAccount:payments:ledger
answered can-all.json 0 can --demo --as ServiceAccount:payments:ledger -o json
answered can-all-star.txt 0 can --demo --as ServiceAccount:ci:builder -n shop
answered can-all-nobody.txt 0 can --demo --as Group:no-such-group
answered can-all-masters.txt 0 can --demo --as Group:system:masters
answered who-can.txt 0 who-can --demo get secrets -n shop
answered who-can.json 0 who-can --demo get secrets -n shop -o json
answered who-can-url.txt 0 who-can --demo get /metrics
cat >"$tmp/reviews.yaml" <<'EOT'
kind: SubjectAccessReview
spec: {user: maria@shop.example, resourceAttributes: {verb: delete, resource: nodes}}
---
user: x
groups: [shop-support]
resourceAttributes: {verb: get, group: apps, resource: deployments, namespace: shop, name: web}
---
user: x
nonResourceAttributes: {verb: get, path: /metrics}
---
user: nobody asks
EOT
answered can-reviews.jsonl 3 can --demo --reviews "$tmp/reviews.yaml"
says 'a review that asks nothing' '1 of 4 reviews could not be answered'
printf '{"kind": "ClusterRoleBindingList", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"continue": "x"}, "items": []}\n' \
	>"$tmp/cut-list.json"
run can -f "$tmp/cut-list.json" --as User:x get pods
status 'a no from a list that was cut' 3
if grep -q '^unknown' "$tmp/out"; then ok; else bad 'a no from a list that was cut is not unknown'; fi

cat >"$tmp/damaged-binding.yaml" <<'EOT'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: x}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: {kind: User, name: x}
EOT
run can -f "$tmp/damaged-binding.yaml" --as User:x get pods
status 'a no beside a binding that could not be taken whole' 3
run who-can -f "$tmp/damaged-binding.yaml" get pods
status 'who-can beside a binding that could not be taken whole' 3

# What a kubelet reaches through its pods, no role says.
cat >"$tmp/kubelet.yaml" <<'EOT'
apiVersion: v1
kind: Node
metadata: {name: n-1}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  nodeName: n-1
  containers: [{name: c, image: "i:1", envFrom: [{secretRef: {name: db}}]}]
EOT
answered can-node-yes.txt 0 can -f "$tmp/kubelet.yaml" --as system:node:n-1 get secrets db -n shop
answered can-node-no.txt 1 can -f "$tmp/kubelet.yaml" --as system:node:n-1 get secrets other -n shop
answered can-node-no.json 1 can -f "$tmp/kubelet.yaml" --as system:node:n-2 get secrets db -n shop -o json
answered who-can-node.txt 0 who-can -f "$tmp/kubelet.yaml" get secrets db -n shop
answered who-can-node.json 0 who-can -f "$tmp/kubelet.yaml" get secrets db -n shop -o json
cat >"$tmp/nodes.jsonl" <<'EOT'
{"user":"system:node:n-1","groups":["system:nodes"],"resourceAttributes":{"verb":"get","resource":"secrets","namespace":"shop","name":"db"}}
{"user":"system:node:n-1","resourceAttributes":{"verb":"get","resource":"secrets","namespace":"shop","name":"db"}}
{"user":"system:node:n-1","groups":["system:nodes"],"resourceAttributes":{"verb":"get","resource":"secrets","namespace":"shop","name":"x"}}
EOT
answered can-node-reviews.jsonl 0 can -f "$tmp/kubelet.yaml" --reviews "$tmp/nodes.jsonl"

refused 'an audit log that is not there' 'audit log: nowhere.log: No such file' audit --demo --audit-log nowhere.log
refused 'nobody to ask about' 'say whom with --as SUBJECT' can --demo get pods
refused 'half a question' 'ask VERB RESOURCE' can --demo --as User:x get
refused 'half an account' 'a service account is written ServiceAccount:NAMESPACE:NAME' can --demo --as ServiceAccount:x get pods
refused 'an empty subject' '"Group:" names nobody' can --demo --as Group: get pods
refused 'a URL in a namespace' 'a URL has no namespace' who-can --demo get /metrics -n shop
refused 'too many words' 'who-can: unexpected "web"' who-can --demo get pods a web
refused 'reviews and a subject' '--reviews brings subjects' can --demo --as User:x --reviews "$tmp/reviews.yaml"
refused 'no reviews' '/nonexistent cannot be read' can --demo --reviews /nonexistent
: >"$tmp/empty.yaml"
refused 'no review in a file' 'no SubjectAccessReview in' can --demo --reviews "$tmp/empty.yaml"

# --- what would be enough --------------------------------------------------------------------------

log=testdata/rightsize/audit.log
answered audit-log.txt 1 audit --demo --audit-log $log
answered rightsize-alone.txt 0 rightsize --demo
answered rightsize-alone.yaml 0 rightsize --demo -o yaml
answered rightsize.yaml 3 rightsize --demo --audit-log $log
answered rightsize.txt 3 rightsize --demo --audit-log $log -o text
answered rightsize.json 0 rightsize --demo --audit-log $log -o json --for ServiceAccount:monitoring:prometheus \
	--for system:serviceaccount:ci:builder
answered rightsize.patch 0 rightsize --demo --audit-log $log -o patch --for ServiceAccount:monitoring:prometheus
answered rightsize-rollback.yaml 0 rightsize --demo --audit-log $log -o rollback --for ServiceAccount:ci:builder
answered rightsize-wider.yaml 0 rightsize --demo --audit-log $log --for ServiceAccount:ci:builder \
	--generalize apply,informer,names,namespaces
answered rightsize-thin.yaml 3 rightsize --demo --audit-log $log --for ServiceAccount:ci:builder --min-window 60
run rightsize --demo --audit-log $log -o yaml="$tmp/r.yaml" -o json="$tmp/r.json" -o text
status 'three formats at once' 3
same 'yaml in a file' "$golden/rightsize.yaml" "$tmp/r.yaml"
same 'text beside it' "$golden/rightsize.txt" "$tmp/out"
sed '3s/.$//;5s/v1/v7/' $log >"$tmp/hurt.log"
run rightsize --demo --audit-log "$tmp/hurt.log" -o text
says 'a line that is cut' 'end before they are whole'
says 'an event of another version' 'are events of an unknown version'

refused 'whom without a log' '--for needs an audit log' rightsize --demo --for User:x
refused 'a group and others' 'a group goes alone' rightsize --demo --audit-log $log --for Group:devs --for User:x
refused 'a log that is nowhere' 'audit log: /nonexistent: No such file' rightsize --demo --audit-log /nonexistent
refused 'an unknown format of advice' 'no output format is named yml, did you mean yaml?' rightsize --demo -o yml
refused 'two answers on standard output' 'more than one -o to standard output' rightsize --demo -o yaml -o json
refused 'an unknown widening' 'rightsize: --generalize: "informers" is no LIST' rightsize --demo --generalize informers
refused 'a bad window' 'rightsize: --min-window: "-1" is no DAYS' rightsize --demo --min-window -1
refused 'standard input twice' 'standard input can be read only once' rightsize -f - --audit-log -
refused 'a stray word to size' 'rightsize: unexpected "x"' rightsize --demo x

# --- the command line ------------------------------------------------------------------------------

refused 'no command' 'no command given'
refused 'an unknown command' 'kassay: reading the command line: unknown command adit, did you mean audit?' adit
refused 'a far command' 'unknown command frobnicate' frobnicate
refused 'an unknown option' 'audit: unknown option --benchmrk, did you mean --benchmark?' audit --benchmrk x
refused 'an unknown letter' 'audit: unknown option -z' audit -z
refused 'an option of another command' 'snapshot: unknown option --policy' snapshot --policy x
refused 'a missing value' 'audit: --policy needs FILE' audit --policy
refused 'a value too many' 'audit: --strict takes no value' audit --strict=yes
refused 'a bad severity' 'audit: --fail-on: "dire" is no SEVERITY' audit --demo --fail-on dire
refused 'a bad percentage' 'audit: --min-coverage: "120" is no PERCENT' audit --demo --min-coverage 120
refused 'a bad size' 'audit: --max-input-size: "12X" is no SIZE' audit --demo --max-input-size 12X
refused 'no source' 'kassay: reading the cluster: no cluster is configured' audit
refused 'a cluster and files' 'audit: --context asks a cluster, and does not go with -f' audit --context x -f testdata/demo
refused 'a cluster and the demo' 'snapshot: --namespace asks a cluster, and does not go with --demo' \
	snapshot --demo -n x -o "$tmp/x"
refused 'no namespace' '"A/b" is no name of a namespace' audit -n A/b
refused 'no namespace for a role' 'role: "A/b" is no name of a namespace' role -n A/b
refused 'a stray word for a role' 'role: unexpected "x"' role x
refused 'a node that is nowhere' 'node: /nowhere/at/all: No such file' node --root /nowhere/at/all
refused 'a stray word for a node' 'node: unexpected "x"' node x
refused 'node facts that are nowhere' 'node facts: /nowhere/at/all: No such file' audit --node-facts /nowhere/at/all
refused 'an unknown check for a role' 'no check is named pod-privilegd, did you mean pod-privileged?' role --check pod-privilegd
refused 'an unknown benchmark for a role' 'no benchmark is named cis' role --benchmark cis
refused 'a bad number' 'audit: --parallel: "0" is no N' audit --parallel 0
refused 'a bad wire' 'audit: --wire: "xml" is no FORMAT' audit --wire xml
refused 'two sources' '--demo and -f do not go together' audit --demo -f testdata/demo
refused 'a stray word' 'audit: unexpected "deploy.yaml": sources are given with -f' audit deploy.yaml
refused 'an unknown format' 'no output format is named jsn, did you mean json?' audit --demo -o jsn
refused 'two reports on standard output' 'both json and html to standard output' audit --demo -o json -o html
refused 'an unknown check' 'no check is named pod-privilegd, did you mean pod-privileged?' audit --demo --check pod-privilegd
refused 'an unknown benchmark' 'no benchmark is named cis-kubernetes-2.0.2, did you mean cis-kubernetes-2.0.1?' \
	audit --demo --benchmark cis-kubernetes-2.0.2
refused 'an unknown check to explain' 'did you mean pod-privileged?' explain pod-privilegd
refused 'an unknown control' 'cis-kubernetes-2.0.1 has no control 9.9.9' explain cis-kubernetes-2.0.1 9.9.9
refused 'nothing to explain' 'name a check' explain
refused 'nothing to list' 'did you mean checks?' list cheks
refused 'another format of a list' '-o takes json' list checks -o html
refused 'a snapshot to nowhere' 'give one file to write with -o FILE' snapshot --demo
refused 'a missing policy' 'kassay: reading the policy: /nonexistent.yaml: No such file' \
	audit --demo --policy /nonexistent.yaml
printf 'apiVersion: kassay/v1\nkind: Policy\nwaivrs: []\n' >"$tmp/policy.yaml"
refused 'a bad policy' "policy.yaml:3: a policy has no member \"waivrs\", did you mean waivers?" \
	audit --demo --policy "$tmp/policy.yaml"
echo '{"findings": []}' >"$tmp/other.json"
refused 'a baseline that is none' 'not a report of' audit --demo --baseline "$tmp/other.json"
refused 'a report to nowhere' 'kassay: audit: creating /nonexistent/r.json: No such file' audit --demo -q -o json=/nonexistent/r.json

# A policy in force: what it waives no longer counts, what it misses is told.
cat >"$tmp/policy.yaml" <<'EOT'
apiVersion: kassay/v1
kind: Policy
waivers:
- {check: '*', reason: a demo, owner: us}
- {check: pod-privileged, reason: was urgent, owner: us, expires: '2026-01-31'}
- {check: pod-privileged, object: {name: nobody}, reason: gone, owner: us}
EOT
run audit --demo --policy "$tmp/policy.yaml" --fail-on info
status 'all is waived' 0
says 'an expired waiver' 'policy.yaml:5: the waiver of pod-privileged expired on 2026-01-31'
says 'an unused waiver' 'policy.yaml:6: the waiver of pod-privileged covers nothing'

# --- bad input -------------------------------------------------------------------------------------

in=$tmp/in
fresh() {
	rm -rf "$in"
	mkdir "$in"
}
# Harmless neighbours of what is bad; `kassay audit` alone must exit 0 for them.
neighbour() {
	cat >"$in/good.yaml" <<'EOT'
apiVersion: v1
kind: ConfigMap
metadata: {name: colours, namespace: shop}
data: {sky: blue}
EOT
}
# lost_in WHAT TEXT: the folder has one document that is lost: exit 3, and 2 with --strict.
lost_in() {
	run audit -f "$in" --fail-on never -o json="$tmp/r.json"
	status "$1" 3
	says "$1" "$2"
	run audit -f "$in" --fail-on never --strict
	status "$1, strictly" 2
	says "$1, strictly" "$2"
	one_line "$1, strictly"
}

refused 'a missing file' '/nonexistent/x.yaml: No such file' audit -f /nonexistent/x.yaml
fresh
refused 'an empty folder' "$in" audit -f "$in"
fresh; neighbour
run audit -f "$in" --check 'pod-*'
status 'nothing at fault' 0

fresh; neighbour
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x\n' >"$in/cut.yaml"
lost_in 'a cut YAML document' 'cut.yaml:'
fresh; neighbour
printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", ' >"$in/cut.json"
lost_in 'a cut JSON file' 'cut.json:'
fresh; neighbour
printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x\\u0000y"}}' >"$in/nul.json"
lost_in 'an escaped NUL' 'nul.json:1'
fresh; neighbour
printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x\000y"}}' >"$in/nul.json"
lost_in 'a NUL byte' 'nul.json'
fresh; neighbour
printf '{"apiVersion": "v1", "kind": "Pod", "kind": "Node", "metadata": {"name": "x"}}' >"$in/twice.json"
lost_in 'a duplicate key in JSON' 'twice.json:1'
fresh; neighbour
printf 'apiVersion: v1\nkind: Pod\nkind: Node\nmetadata: {name: x}\n' >"$in/twice.yaml"
lost_in 'a duplicate key in YAML' 'twice.yaml:'
fresh; neighbour
{
	printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
	for i in 1 2 3 4 5 6 7 8 9; do
		p=$((i - 1))
		printf 'a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n' \
			$i $i $p $p $p $p $p $p $p $p $p $p
	done
} >"$in/aliases.yaml"
lost_in 'an alias bomb' 'aliases.yaml:'
fresh; neighbour
head -c 50000000 /dev/zero | tr '\000' '[' >"$in/deep.json"
lost_in 'fifty million brackets' 'deep.json:1'
fresh; neighbour
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: good, namespace: shop}\nspec: {containers: [{name: a, image: "a:1"}]}\n---\nkind: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: also, namespace: shop}\nspec: {containers: [{name: a, image: "a:1"}]}\n' >"$in/mixed.yaml"
lost_in 'one bad document among three' 'mixed.yaml:'
if grep -q '"also"' "$tmp/r.json" && grep -q '"good"' "$tmp/r.json"; then ok; else bad 'neighbours of a bad document were lost'; fi

# A field of the wrong type is told, and the rest of the object judged.
fresh
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\nspec: {hostNetwork: "yes", hostPID: true, containers: [{name: a, image: "a:1"}]}\n' >"$in/types.yaml"
run audit -f "$in" --fail-on never -o json="$tmp/r.json"
says 'a wrong type' 'types.yaml:4'
if grep -q '"pod-host-pid"' "$tmp/r.json"; then ok; else bad 'an object with a wrong type was not judged'; fi

# A bomb ends at the limit, whatever it would grow to.
head -c 200000000 /dev/zero | tr '\000' ' ' | gzip -9 >"$tmp/bomb.json.gz"
run audit -f "$tmp/bomb.json.gz" --fail-on never
status 'a gzip bomb' 2
says 'a gzip bomb' 'max-input-ratio'

# --- snapshots -------------------------------------------------------------------------------------

findings() {
	python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
	print(json.dumps({k: v for k, v in f.items() if k != "origin"}, sort_keys=True))' "$1"
}
run audit -q -f testdata/demo --fail-on never -o json="$tmp/direct.json"
findings "$tmp/direct.json" >"$tmp/direct"
if [ -s "$tmp/direct" ]; then ok; else bad 'the demo has no findings'; fi
for form in jsonl jsonl.gz jsonl.zst; do
	run snapshot -f testdata/demo -o "$tmp/snap.$form"
	status "a snapshot to .$form" 0
	run audit -q -f "$tmp/snap.$form" --fail-on never -o json="$tmp/snap.json"
	status "auditing a snapshot from .$form" 0
	findings "$tmp/snap.json" >"$tmp/snapped"
	same "findings from a .$form snapshot differ" "$tmp/direct" "$tmp/snapped"
done
"$kassay" snapshot -f testdata/demo -o - >"$tmp/snap.out" 2>/dev/null
same 'a snapshot to standard output differs' "$tmp/snap.jsonl" "$tmp/snap.out"
if grep -q 'hunter2\|correct-horse\|not-a-real-key' "$tmp/snap.jsonl"; then bad 'a secret value is in the snapshot'; else ok; fi
sed '5s/shop/sh0p/; 6s/a/b/' "$tmp/snap.jsonl" >"$tmp/damaged.jsonl"
refused 'a changed snapshot' 'damaged.jsonl:' audit -f "$tmp/damaged.jsonl"
head -n 10 "$tmp/snap.jsonl" >"$tmp/cut.jsonl"
refused 'a cut snapshot' 'cut.jsonl:' audit -f "$tmp/cut.jsonl"

# --- standard output that cannot be written --------------------------------------------------------

if [ -w /dev/full ]; then
	"$kassay" audit --demo -q >/dev/full 2>"$tmp/err"
	rc=$?
	: >"$tmp/out"
	status 'a full disk' 2
	says 'a full disk' 'kassay: audit: writing standard output: No space left on device'
	"$kassay" --help >/dev/full 2>"$tmp/err"
	rc=$?
	status 'help on a full disk' 2
fi
"$kassay" audit --demo -q 2>"$tmp/err" >&-
rc=$?
status 'closed standard output' 2
says 'closed standard output' 'kassay: audit: writing standard output: Bad file descriptor'
"$kassay" audit -q -f - <testdata/demo/30-shop.yaml >"$tmp/out" 2>"$tmp/err" --fail-on never
rc=$?
status 'standard input' 0

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
