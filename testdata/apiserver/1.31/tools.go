//go:build tools

// Package apiserver names what build.sh builds, so that go.mod keeps it.
package apiserver

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
