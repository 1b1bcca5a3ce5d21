#!/bin/sh
# Builds etcd and kube-apiserver of one Kubernetes minor from their published Go modules, once:
#
#   sh testdata/apiserver/build.sh 1.37     prints the folder that has both, for KUBEBUILDER_ASSETS
#
# They are kept in $KASSAY_CACHE, else in ${XDG_CACHE_HOME:-~/.cache}/kassay, and built again when they are not
# there.  Exit status 3: no Go, or one that is too old; a line says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
minor=${1:?give a minor: $(cd "$here" && echo [0-9]*)}
cd "$here/$minor"

version=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' go.mod)
assets=${KASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kassay}/apiserver/$version
if test -x "$assets/kube-apiserver" && test -x "$assets/etcd"; then
	echo "$assets"
	exit 0
fi

needs=$(awk '$1 == "go" { print $2 }' go.mod)
if ! command -v go >/dev/null 2>&1; then
	echo "no Go here: kube-apiserver $version cannot be built" >&2
	exit 3
fi
has=$(go env GOVERSION)
has=${has#go}
if test "$(printf '%s\n%s\n' "$needs" "$has" | sort -V | head -1)" != "$needs"; then
	echo "Go $has is too old: kube-apiserver $version needs $needs" >&2
	exit 3
fi

mkdir -p "$assets"
numbers=${version#v}
x=k8s.io/component-base/version
CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -o "$assets/kube-apiserver.tmp" -ldflags "-s -w \
	-X $x.gitVersion=$version -X $x.gitMajor=1 -X $x.gitMinor=$(echo "$numbers" | cut -d. -f2)" \
	k8s.io/kubernetes/cmd/kube-apiserver >&2
CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -o "$assets/etcd.tmp" -ldflags '-s -w' go.etcd.io/etcd/server/v3 >&2
mv "$assets/kube-apiserver.tmp" "$assets/kube-apiserver"
mv "$assets/etcd.tmp" "$assets/etcd"
echo "$assets"
