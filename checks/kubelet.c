/* What kubelets run with. */
#include <kassay/check.h>

#include "kubelet_rules.h"
#include "sets.h"

static const char no_kubelet[] = "no kubelet configuration was read";
static const char no_linux[] = "no configuration of a kubelet on Linux was read";

static const struct ka_check checks[] = {
	{
		.key = "kubelet-anonymous-auth",
		.title = "Kubelets refuse anonymous requests",
		.why = "Whoever reaches the port of such a kubelet is let in without credentials; "
		       "what he may then do is up to authorization alone, and one mistake there "
		       "gives him commands in every container of the node.",
		.fix = "Set authentication.anonymous.enabled: false.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "authentication.anonymous.enabled",
			.op = KA_CONF_FALSE,
			.worse = { "authorization.mode", "AlwaysAllow" },
			.expected = "false",
		},
	},
	{
		.key = "kubelet-authorization",
		.title = "Kubelets ask the API server whether a request is allowed",
		.why = "With AlwaysAllow everybody whom the kubelet authenticates, every other node "
		       "among them, reads the logs and runs commands in all containers of the "
		       "node.",
		.fix = "Set authorization.mode: Webhook.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "authorization.mode",
			.op = KA_CONF_IS,
			.value = "Webhook",
			.wrong = "AlwaysAllow",
			.worse = { "authentication.anonymous.enabled", "true" },
			.expected = "Webhook",
		},
	},
	{
		.key = "kubelet-client-ca",
		.title = "Kubelets verify client certificates",
		.why = "Without a CA for clients the kubelet cannot tell by a certificate that it is "
		       "the API server who calls, and other ways to sign in must be kept open.",
		.fix = "Set authentication.x509.clientCAFile to the CA of the cluster.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "authentication.x509.clientCAFile",
			.op = KA_CONF_SET,
			.absent = "client certificates mean nothing to it",
			.expected = "a file",
		},
	},
	{
		.key = "kubelet-read-only-port",
		.title = "Kubelets have no read-only port",
		.why = "The port shows the specs of all pods of the node, their environment "
		       "included, to everybody who reaches it, without credentials or TLS.",
		.fix = "Set readOnlyPort: 0, and let what used the port use 10250.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "readOnlyPort",
			.op = KA_CONF_ZERO,
			.expected = "0 or absent",
		},
	},
	{
		.key = "kubelet-streaming-timeout",
		.title = "Idle streams through kubelets end",
		.why = "Forgotten exec, attach and port-forward streams stay open, hold resources, "
		       "and can be picked up by whoever gets at the client.",
		.fix = "Set streamingConnectionIdleTimeout to some minutes or hours, or remove "
		       "--streaming-connection-idle-timeout=0.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "streamingConnectionIdleTimeout",
			.op = KA_CONF_TIMEOUT,
			.expected = "more than 0",
		},
	},
	{
		.key = "kubelet-iptables-chains",
		.title = "Kubelets keep their iptables chains",
		.why = "Other components read from these chains how the node filters packets; "
		       "without them rules may go where they have no effect.",
		.fix = "Set makeIPTablesUtilChains: true.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_linux,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "makeIPTablesUtilChains",
			.op = KA_CONF_TRUE,
			.linux_only = true,
			.expected = "true",
		},
	},
	{
		.key = "kubelet-event-rate",
		.title = "Kubelets record five events a second or more",
		.why = "Events above the limit are dropped, and with them the traces of what "
		       "happened on a node in a bad minute.",
		.fix = "Set eventRecordQPS to 5 or more (the default is 50), or to 0 for no limit.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "eventRecordQPS",
			.op = KA_CONF_AT_LEAST,
			.least = 5,
			.zero_unlimited = true,
			.expected = "5 or more, or 0 for no limit",
		},
	},
	{
		.key = "kubelet-serving-cert",
		.title = "Kubelets serve with a certificate of the cluster",
		.why = "A certificate that the kubelet signed itself can be verified by nobody: "
		       "whoever gets between it and the API server reads logs, and the input and "
		       "output of commands.",
		.fix = "Set serverTLSBootstrap: true and approve the requests, or name files in "
		       "tlsCertFile and tlsPrivateKeyFile.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "tlsCertFile",
			.other = "tlsPrivateKeyFile",
			.op = KA_CONF_CERT,
			.absent = "without both it signs its certificate itself",
			.instead = { "serverTLSBootstrap", "true" },
			.expected = "a certificate and a key, or serverTLSBootstrap true",
		},
	},
	{
		.key = "kubelet-rotate-certificates",
		.title = "Kubelets renew their client certificates",
		.why = "A certificate that does not rotate lives long, so a stolen one does too; "
		       "and when it ends, so does the node.",
		.fix = "Set rotateCertificates: true.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "rotateCertificates",
			.op = KA_CONF_TRUE,
			.absent = "rotation is off by default",
			.expected = "true",
		},
	},
	{
		.key = "kubelet-rotate-serving-cert",
		.title = "Kubelets may renew their serving certificates",
		.why = "With the feature off a kubelet cannot ask the cluster for a serving "
		       "certificate, or renew the one that it has.",
		.fix = "Remove RotateKubeletServerCertificate: false from featureGates.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "featureGates.RotateKubeletServerCertificate",
			.op = KA_CONF_TRUE,
			.absent = "featureGates.AllBeta false switches it off",
			.spoils = { "featureGates.AllBeta", "false" },
			.expected = "true or absent",
		},
	},
	{
		.key = "kubelet-tls-ciphers",
		.title = "Kubelets offer no weak cipher suite",
		.why = "Suites without forward secrecy or with old ciphers let recorded traffic, "
		       "logs and commands among it, be read later.",
		.fix = "Name only ECDHE suites with GCM or ChaCha20 in tlsCipherSuites, or set "
		       "tlsMinVersion: VersionTLS13.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_kubelet,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "tlsCipherSuites",
			.op = KA_CONF_STRONG,
			.absent = "by default Go offers suites with CBC and SHA-1 too",
			.instead = { "tlsMinVersion", "VersionTLS13" },
			.expected = "ECDHE suites with AEAD ciphers, or tlsMinVersion VersionTLS13",
		},
	},
	{
		.key = "kubelet-pod-pids-limit",
		.title = "Kubelets limit the processes of a pod",
		.why = "One pod that forks without end takes all process ids of its node, and "
		       "nothing else starts there any more.",
		.fix = "Set podPidsLimit to what the workloads need, such as 4096.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_linux,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "podPidsLimit",
			.op = KA_CONF_AT_LEAST,
			.least = 1,
			.absent = "pods have no limit by default",
			.linux_only = true,
			.expected = "more than 0",
		},
	},
	{
		.key = "kubelet-seccomp-default",
		.title = "Pods without a seccomp profile get the runtime's",
		.why = "Otherwise a pod that names no profile runs without one, and every system "
		       "call of the kernel is open to what breaks into it.",
		.fix = "Set seccompDefault: true.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_KUBELETCONFIG),
		.none = no_linux,
		.run = ka_check_kubelet,
		.param = &(const struct ka_conf_rule){
			.path = "seccompDefault",
			.op = KA_CONF_TRUE,
			.absent = "it is off by default",
			.linux_only = true,
			.expected = "true",
		},
	},
};

const struct ka_check_set ka_set_kubelet = {
	.name = "Kubelets",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
