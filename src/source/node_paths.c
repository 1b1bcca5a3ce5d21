/* kubeadm first, then the others: kops, kubespray, EKS, GKE, AKS, OpenShift, minikube, RKE2, k3s and
 * microk8s, each where it keeps the file. */
#include "source/node_paths.h"

#include "util/banned.h"

#define ONE(role, path)		{ role, KA_NODE_ONE, path, NULL, false }
#define TREE(role, path)	{ role, KA_NODE_TREE, path, NULL, false }
#define LIST(role, path, end)	{ role, KA_NODE_LIST, path, end, false }
#define ELSE(role, path)	{ role, KA_NODE_ONE, path, NULL, true }

/* clang-format off */
const struct ka_node_place ka_node_places[] = {
	ONE("apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver.yaml"),
	ONE("apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver.yml"),
	ONE("apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver.json"),
	ONE("apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver.manifest"),
	ONE("apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver-pod.yaml"),
	ONE("apiserver-manifest", "/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml"),
	ONE("apiserver-manifest", "/var/snap/microk8s/current/args/kube-apiserver"),

	ONE("controller-manager-manifest", "/etc/kubernetes/manifests/kube-controller-manager.yaml"),
	ONE("controller-manager-manifest", "/etc/kubernetes/manifests/kube-controller-manager.yml"),
	ONE("controller-manager-manifest", "/etc/kubernetes/manifests/kube-controller-manager.json"),
	ONE("controller-manager-manifest", "/etc/kubernetes/manifests/kube-controller-manager.manifest"),
	ONE("controller-manager-manifest", "/etc/kubernetes/manifests/kube-controller-manager-pod.yaml"),
	ONE("controller-manager-manifest", "/var/lib/rancher/rke2/agent/pod-manifests/kube-controller-manager.yaml"),
	ONE("controller-manager-manifest", "/var/snap/microk8s/current/args/kube-controller-manager"),

	ONE("scheduler-manifest", "/etc/kubernetes/manifests/kube-scheduler.yaml"),
	ONE("scheduler-manifest", "/etc/kubernetes/manifests/kube-scheduler.yml"),
	ONE("scheduler-manifest", "/etc/kubernetes/manifests/kube-scheduler.json"),
	ONE("scheduler-manifest", "/etc/kubernetes/manifests/kube-scheduler.manifest"),
	ONE("scheduler-manifest", "/etc/kubernetes/manifests/kube-scheduler-pod.yaml"),
	ONE("scheduler-manifest", "/var/lib/rancher/rke2/agent/pod-manifests/kube-scheduler.yaml"),
	ONE("scheduler-manifest", "/var/snap/microk8s/current/args/kube-scheduler"),

	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd.yaml"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd.yml"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd.json"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd.manifest"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd-main.manifest"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd-events.manifest"),
	ONE("etcd-manifest", "/etc/kubernetes/manifests/etcd-pod.yaml"),
	ONE("etcd-manifest", "/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml"),
	ONE("etcd-manifest", "/var/snap/microk8s/current/args/etcd"),

	TREE("cni", "/etc/cni/net.d"),
	TREE("cni", "/var/lib/cni/networks"),
	TREE("cni", "/etc/kubernetes/cni/net.d"),
	TREE("cni", "/var/lib/rancher/k3s/agent/etc/cni/net.d"),
	TREE("cni", "/var/snap/microk8s/current/args/cni-network"),

	ONE("etcd-data", "/var/lib/etcd"),
	ONE("etcd-data", "/var/lib/minikube/etcd"),
	ONE("etcd-data", "/var/lib/rancher/rke2/server/db/etcd"),
	ONE("etcd-data", "/var/lib/rancher/k3s/server/db/etcd"),
	ONE("etcd-data", "/var/snap/microk8s/current/var/kubernetes/backend"),

	ONE("admin-kubeconfig", "/etc/kubernetes/admin.conf"),
	ONE("admin-kubeconfig", "/etc/kubernetes/super-admin.conf"),
	ONE("admin-kubeconfig", "/etc/rancher/rke2/rke2.yaml"),
	ONE("admin-kubeconfig", "/etc/rancher/k3s/k3s.yaml"),
	ONE("admin-kubeconfig", "/var/lib/rancher/rke2/server/cred/admin.kubeconfig"),
	ONE("admin-kubeconfig", "/var/lib/rancher/k3s/server/cred/admin.kubeconfig"),
	ONE("admin-kubeconfig", "/var/snap/microk8s/current/credentials/client.config"),

	ONE("scheduler-kubeconfig", "/etc/kubernetes/scheduler.conf"),
	ONE("scheduler-kubeconfig", "/var/lib/kube-scheduler/kubeconfig"),
	ONE("scheduler-kubeconfig", "/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig"),
	ONE("scheduler-kubeconfig", "/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig"),
	ONE("scheduler-kubeconfig", "/var/snap/microk8s/current/credentials/scheduler.config"),

	ONE("controller-manager-kubeconfig", "/etc/kubernetes/controller-manager.conf"),
	ONE("controller-manager-kubeconfig", "/var/lib/kube-controller-manager/kubeconfig"),
	ONE("controller-manager-kubeconfig", "/var/lib/rancher/rke2/server/cred/controller.kubeconfig"),
	ONE("controller-manager-kubeconfig", "/var/lib/rancher/k3s/server/cred/controller.kubeconfig"),
	ONE("controller-manager-kubeconfig", "/var/snap/microk8s/current/credentials/controller.config"),

	TREE("pki", "/etc/kubernetes/pki"),
	TREE("pki", "/etc/kubernetes/ssl"),
	TREE("pki", "/etc/kubernetes/certs"),
	TREE("pki", "/srv/kubernetes"),
	TREE("pki", "/var/lib/minikube/certs"),
	TREE("pki", "/var/lib/rancher/rke2/server/tls"),
	TREE("pki", "/var/lib/rancher/k3s/server/tls"),
	TREE("pki", "/var/snap/microk8s/current/certs"),
	TREE("pki", "/etc/kubernetes/static-pod-resources"),

	LIST("kubelet-service", "/etc/systemd/system/kubelet.service.d", ".conf"),
	LIST("kubelet-service", "/usr/lib/systemd/system/kubelet.service.d", ".conf"),
	LIST("kubelet-service", "/lib/systemd/system/kubelet.service.d", ".conf"),
	ELSE("kubelet-service", "/etc/systemd/system/kubelet.service"),
	ELSE("kubelet-service", "/usr/lib/systemd/system/kubelet.service"),
	ELSE("kubelet-service", "/lib/systemd/system/kubelet.service"),
	ELSE("kubelet-service", "/etc/systemd/system/snap.microk8s.daemon-kubelite.service"),
	ELSE("kubelet-service", "/etc/systemd/system/snap.microk8s.daemon-kubelet.service"),

	ONE("kube-proxy-kubeconfig", "/var/lib/kube-proxy/kubeconfig"),
	ONE("kube-proxy-kubeconfig", "/var/lib/kube-proxy/kubeconfig.conf"),
	ONE("kube-proxy-kubeconfig", "/etc/kubernetes/kube-proxy.conf"),
	ONE("kube-proxy-kubeconfig", "/etc/kubernetes/kube-proxy-kubeconfig.yaml"),
	ONE("kube-proxy-kubeconfig", "/etc/kubernetes/kube-proxy.kubeconfig"),
	ONE("kube-proxy-kubeconfig", "/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig"),
	ONE("kube-proxy-kubeconfig", "/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig"),
	ONE("kube-proxy-kubeconfig", "/var/snap/microk8s/current/credentials/proxy.config"),

	ONE("kubelet-kubeconfig", "/etc/kubernetes/kubelet.conf"),
	ONE("kubelet-kubeconfig", "/var/lib/kubelet/kubeconfig"),
	ONE("kubelet-kubeconfig", "/etc/kubernetes/kubeconfig"),
	ONE("kubelet-kubeconfig", "/etc/kubernetes/kubelet.kubeconfig"),
	ONE("kubelet-kubeconfig", "/var/lib/rancher/rke2/agent/kubelet.kubeconfig"),
	ONE("kubelet-kubeconfig", "/var/lib/rancher/k3s/agent/kubelet.kubeconfig"),
	ONE("kubelet-kubeconfig", "/var/snap/microk8s/current/credentials/kubelet.config"),

	ONE("kubelet-client-ca", "/etc/kubernetes/pki/ca.crt"),
	ONE("kubelet-client-ca", "/etc/kubernetes/certs/ca.crt"),
	ONE("kubelet-client-ca", "/etc/kubernetes/ssl/ca.crt"),
	ONE("kubelet-client-ca", "/etc/kubernetes/kubelet-ca.crt"),
	ONE("kubelet-client-ca", "/etc/srv/kubernetes/pki/ca-certificates.crt"),
	ONE("kubelet-client-ca", "/var/lib/minikube/certs/ca.crt"),
	ONE("kubelet-client-ca", "/srv/kubernetes/ca.crt"),
	ONE("kubelet-client-ca", "/var/lib/rancher/rke2/agent/client-ca.crt"),
	ONE("kubelet-client-ca", "/var/lib/rancher/k3s/agent/client-ca.crt"),
	ONE("kubelet-client-ca", "/var/snap/microk8s/current/certs/ca.crt"),

	ONE("kubelet-config", "/var/lib/kubelet/config.yaml"),
	ONE("kubelet-config", "/var/lib/kubelet/config.yml"),
	ONE("kubelet-config", "/var/lib/kubelet/config.json"),
	ONE("kubelet-config", "/etc/kubernetes/kubelet/kubelet-config.json"),
	ONE("kubelet-config", "/etc/kubernetes/kubelet/config.json"),
	ONE("kubelet-config", "/etc/kubernetes/kubelet-config.yaml"),
	ONE("kubelet-config", "/etc/kubernetes/kubelet/kubelet-config.yaml"),
	ONE("kubelet-config", "/home/kubernetes/kubelet-config.yaml"),
	ONE("kubelet-config", "/etc/default/kubeletconfig.json"),
	ONE("kubelet-config", "/var/lib/kubelet/kubelet-config.yaml"),
	ONE("kubelet-config", "/var/snap/microk8s/current/args/kubelet"),
	{ .role = NULL },
};
/* clang-format on */

const char *const ka_node_manifest_folders[] = {
	"/etc/kubernetes/manifests",
	"/var/lib/rancher/rke2/agent/pod-manifests",
	"/var/lib/rancher/k3s/agent/pod-manifests",
	NULL,
};
