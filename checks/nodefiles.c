/* Files of nodes: who may read and write them. */
#include <kassay/check.h>

#include "nodefiles_rules.h"
#include "sets.h"

static const struct ka_check checks[] = {
	{
		.key = "node-apiserver-manifest-mode",
		.title = "The API server's manifest can be read and written by its owner alone",
		.why = "The manifest tells with which files, addresses and rights the API server "
		       "runs; whoever may write it starts anything there, with every file of the "
		       "node at hand.",
		.fix = "Take all rights of group and others from the manifest: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the API server",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "apiserver-manifest", .mode = 0600 },
	},
	{
		.key = "node-apiserver-manifest-owner",
		.title = "The API server's manifest belongs to root",
		.why = "Its owner can change the file, and the kubelet starts what it says as "
		       "the API server and with any right on the node.",
		.fix = "Give the manifest to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the API server",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "apiserver-manifest" },
	},
	{
		.key = "node-controller-manager-manifest-mode",
		.title = "The controller manager's manifest can be read and written by its owner alone",
		.why = "The manifest tells with which files, addresses and rights the controller "
		       "manager runs; whoever may write it starts anything there, with every "
		       "file of the node at hand.",
		.fix = "Take all rights of group and others from the manifest: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the controller manager",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "controller-manager-manifest", .mode = 0600 },
	},
	{
		.key = "node-controller-manager-manifest-owner",
		.title = "The controller manager's manifest belongs to root",
		.why = "Its owner can change the file, and the kubelet starts what it says as "
		       "the controller manager and with any right on the node.",
		.fix = "Give the manifest to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the controller manager",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "controller-manager-manifest" },
	},
	{
		.key = "node-scheduler-manifest-mode",
		.title = "The scheduler's manifest can be read and written by its owner alone",
		.why = "The manifest tells with which files, addresses and rights the scheduler "
		       "runs; whoever may write it starts anything there, with every file of the "
		       "node at hand.",
		.fix = "Take all rights of group and others from the manifest: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the scheduler",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "scheduler-manifest", .mode = 0600 },
	},
	{
		.key = "node-scheduler-manifest-owner",
		.title = "The scheduler's manifest belongs to root",
		.why = "Its owner can change the file, and the kubelet starts what it says as "
		       "the scheduler and with any right on the node.",
		.fix = "Give the manifest to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of the scheduler",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "scheduler-manifest" },
	},
	{
		.key = "node-etcd-manifest-mode",
		.title = "etcd's manifest can be read and written by its owner alone",
		.why = "The manifest tells with which files, addresses and rights etcd runs; "
		       "whoever may write it starts anything there, with every file of the node "
		       "at hand.",
		.fix = "Take all rights of group and others from the manifest: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of etcd",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "etcd-manifest", .mode = 0600 },
	},
	{
		.key = "node-etcd-manifest-owner",
		.title = "etcd's manifest belongs to root",
		.why = "Its owner can change the file, and the kubelet starts what it says as "
		       "etcd and with any right on the node.",
		.fix = "Give the manifest to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a manifest of etcd",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "etcd-manifest" },
	},
	{
		.key = "node-cni-mode",
		.title = "Files of the pod network can be read and written by their owner alone",
		.why = "The configuration names the programs that the runtime starts as root for "
		       "every pod; whoever may write it has the node.",
		.fix = "Take all rights of group and others from the files in /etc/cni/net.d and "
		       "/var/lib/cni/networks: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has files of a pod network",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "cni", .files = true, .mode = 0600 },
	},
	{
		.key = "node-cni-owner",
		.title = "Files of the pod network belong to root",
		.why = "Their owner can change which programs the runtime starts as root for "
		       "every pod.",
		.fix = "Give the files in /etc/cni/net.d and /var/lib/cni/networks to root: "
		       "chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has files of a pod network",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "cni", .files = true },
	},
	{
		.key = "node-etcd-data-mode",
		.title = "The data of etcd is closed to all but its owner",
		.why = "The folder holds every object of the cluster, Secrets among them; "
		       "whoever reads it needs no API server.",
		.fix = "Take all rights of group and others from the folder of --data-dir: chmod "
		       "700.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has the data of an etcd",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "etcd-data", .mode = 0700 },
	},
	{
		.key = "node-etcd-data-owner",
		.title = "The data of etcd belongs to an account of its own",
		.why = "Under an account of its own, etcd gets at nothing but its data when "
		       "somebody breaks into it; where root owns the folder, it runs as root.",
		.fix = "Make a user and a group etcd, let etcd run as that user, and give the "
		       "folder of --data-dir to it: chown -R etcd:etcd.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has the data of an etcd",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "etcd-data", .owner = "etcd" },
	},
	{
		.key = "node-admin-kubeconfig-mode",
		.title = "Kubeconfigs of administrators can be read and written by their owner alone",
		.why = "The file holds the credential of an administrator of the cluster; who "
		       "reads it is that to the API server.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of administrators",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "admin-kubeconfig", .mode = 0600 },
	},
	{
		.key = "node-admin-kubeconfig-owner",
		.title = "Kubeconfigs of administrators belong to root",
		.why = "The file holds the credential of an administrator of the cluster, and "
		       "its owner can read it whatever its mode is.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of administrators",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "admin-kubeconfig" },
	},
	{
		.key = "node-scheduler-kubeconfig-mode",
		.title = "The scheduler's kubeconfig can be read and written by its owner alone",
		.why = "The file holds the scheduler's credential, which puts any pod on any "
		       "node; who reads it is that to the API server.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the scheduler",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "scheduler-kubeconfig", .mode = 0600 },
	},
	{
		.key = "node-scheduler-kubeconfig-owner",
		.title = "The scheduler's kubeconfig belongs to root",
		.why = "The file holds the scheduler's credential, which puts any pod on any "
		       "node, and its owner can read it whatever its mode is.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the scheduler",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "scheduler-kubeconfig" },
	},
	{
		.key = "node-controller-manager-kubeconfig-mode",
		.title = "The controller manager's kubeconfig can be read and written by its owner alone",
		.why = "The file holds the controller manager's credential, which makes tokens "
		       "for any service account; who reads it is that to the API server.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the controller manager",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "controller-manager-kubeconfig", .mode = 0600 },
	},
	{
		.key = "node-controller-manager-kubeconfig-owner",
		.title = "The controller manager's kubeconfig belongs to root",
		.why = "The file holds the controller manager's credential, which makes tokens "
		       "for any service account, and its owner can read it whatever its mode is.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the controller manager",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "controller-manager-kubeconfig" },
	},
	{
		.key = "node-pki-owner",
		.title = "The cluster's certificates and keys belong to root",
		.why = "Whoever owns a key of a certificate authority, or the folder that it is "
		       "in, makes himself any user of the cluster.",
		.fix = "Give the folder and all in it to root: chown -R root:root "
		       "/etc/kubernetes/pki.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a folder of the cluster's certificates and keys",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "pki" },
	},
	{
		.key = "node-pki-cert-mode",
		.title = "The cluster's certificates can be written by their owner alone",
		.why = "Whoever may write a certificate of an authority adds one of his own, and "
		       "signs for users and servers what he likes.",
		.fix = "Take the right to write from group and others: chmod 644 on *.crt in "
		       "/etc/kubernetes/pki.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has certificates of the cluster",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "pki", .ending = ".crt", .files = true, .mode = 0644 },
	},
	{
		.key = "node-pki-key-mode",
		.title = "The cluster's private keys can be read by their owner alone",
		.why = "With the key of the certificate authority or of service accounts "
		       "everybody makes himself any user of the cluster, and nobody can take "
		       "that back.",
		.fix = "Take all rights of group and others from the keys: chmod 600 on *.key in "
		       "/etc/kubernetes/pki.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has private keys of the cluster",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "pki", .ending = ".key", .files = true, .mode = 0600 },
	},
	{
		.key = "node-kubelet-service-mode",
		.title = "The kubelet's systemd unit can be read and written by its owner alone",
		.why = "Whoever may write the unit decides what systemd starts as root, and with "
		       "which arguments.",
		.fix = "Take all rights of group and others from the drop-in of kubelet.service: "
		       "chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a systemd unit of a kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-service", .mode = 0600 },
	},
	{
		.key = "node-kubelet-service-owner",
		.title = "The kubelet's systemd unit belongs to root",
		.why = "Its owner can change what systemd starts as root, and with which "
		       "arguments.",
		.fix = "Give the drop-in of kubelet.service to root: chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a systemd unit of a kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-service" },
	},
	{
		.key = "node-kube-proxy-kubeconfig-mode",
		.title = "kube-proxy's kubeconfig can be read and written by its owner alone",
		.why = "The file holds kube-proxy's credential; who reads it is that to the API "
		       "server.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of kube-proxy",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kube-proxy-kubeconfig", .mode = 0600 },
	},
	{
		.key = "node-kube-proxy-kubeconfig-owner",
		.title = "kube-proxy's kubeconfig belongs to root",
		.why = "The file holds kube-proxy's credential, and its owner can read it "
		       "whatever its mode is.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of kube-proxy",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kube-proxy-kubeconfig" },
	},
	{
		.key = "node-kubelet-kubeconfig-mode",
		.title = "The kubelet's kubeconfig can be read and written by its owner alone",
		.why = "The file holds the node's credential, or says where it is, and which API "
		       "server the kubelet obeys; who reads it is that to the API server.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-kubeconfig", .mode = 0600 },
	},
	{
		.key = "node-kubelet-kubeconfig-owner",
		.title = "The kubelet's kubeconfig belongs to root",
		.why = "The file holds the node's credential, or says where it is, and which API "
		       "server the kubelet obeys, and its owner can read it whatever its mode "
		       "is.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a kubeconfig of the kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-kubeconfig" },
	},
	{
		.key = "node-kubelet-client-ca-mode",
		.title = "The kubelet's CA for clients can be written by its owner alone",
		.why = "Whoever may write the file adds an authority of his own, and the kubelet "
		       "then runs commands in all its pods for him.",
		.fix = "Take the right to write from group and others: chmod 644.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a CA file by which its kubelet knows clients",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-client-ca", .mode = 0644 },
	},
	{
		.key = "node-kubelet-client-ca-owner",
		.title = "The kubelet's CA for clients belongs to root",
		.why = "Its owner can add an authority of his own, and the kubelet then runs "
		       "commands in all its pods for him.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a CA file by which its kubelet knows clients",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-client-ca" },
	},
	{
		.key = "node-kubelet-config-mode",
		.title = "The kubelet's configuration can be read and written by its owner alone",
		.why = "Whoever may write the file opens the kubelet to everybody, or has it "
		       "start pods of his own.",
		.fix = "Take all rights of group and others from the file: chmod 600.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a configuration file of a kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-config", .mode = 0600 },
	},
	{
		.key = "node-kubelet-config-owner",
		.title = "The kubelet's configuration belongs to root",
		.why = "Its owner can open the kubelet to everybody, or have it start pods of "
		       "his own.",
		.fix = "Give the file to root: chown root:root.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node that was seen has a configuration file of a kubelet",
		.run = ka_check_node_files,
		.param = &(const struct ka_file_rule){ .role = "kubelet-config" },
	},
	{
		.key = "kubelet-hostname-override",
		.title = "Kubelets go by the names of their machines",
		.why = "A name given on the command line need not be the one in the machine's "
		       "certificates and logs, and what a node did is then hard to trace.",
		.fix = "Remove --hostname-override, unless the cloud provider needs it.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NODEFILES),
		.none = "no node was seen",
		.run = ka_check_kubelet_no_flag,
		.param = "hostname-override",
	},
};

const struct ka_check_set ka_set_nodefiles = {
	.name = "Files of nodes",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
