/* Flags of the API server, where a pod of this cluster shows them. */
#include <kassay/check.h>

#include "controlplane.h"
#include "sets.h"

static const char no_apiserver[] =
	"no kube-apiserver is visible as a pod here (managed control planes show none)";

static const struct ka_check checks[] = {
	{
		.key = "apiserver-anonymous-auth",
		.title = "The API server refuses anonymous requests",
		.why = "Requests without credentials are let in as system:anonymous. One "
		       "careless role binding, or a fault in a path that needs no rights, is "
		       "then open to everybody who can reach the port.",
		.fix = "Set --anonymous-auth=false, or list the few paths that need it under "
		       "anonymous in --authentication-config.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "anonymous-auth",
			.op = KA_FLAG_FALSE,
			.absent = "anonymous requests are let in by default",
			.hidden_by = "authentication-config",
			.expected = "--anonymous-auth=false",
		},
	},
	{
		.key = "apiserver-token-auth-file",
		.title = "The API server reads no static token file",
		.why = "Tokens in the file are plain text, never expire, and change only when "
		       "the API server restarts.",
		.fix = "Remove --token-auth-file and use OIDC, certificates of short life or "
		       "service account tokens.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "token-auth-file",
			.op = KA_FLAG_UNSET,
			.expected = "no --token-auth-file",
		},
	},
	{
		.key = "apiserver-authorization-always-allow",
		.title = "The API server does not allow every request",
		.why = "With AlwaysAllow whoever is let in may do everything.",
		.fix = "Set --authorization-mode=Node,RBAC.",
		.severity = KA_CRITICAL,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "authorization-mode",
			.op = KA_FLAG_LACKS,
			.value = "AlwaysAllow",
			.absent = "the mode is AlwaysAllow by default",
			.hidden_by = "authorization-config",
			.expected = "modes without AlwaysAllow",
		},
	},
	{
		.key = "apiserver-authorization-node",
		.title = "The Node authorizer limits kubelets",
		.why = "Without it kubelets need broad rights through RBAC: the credentials of "
		       "one node then read the secrets of all.",
		.fix = "Add Node to --authorization-mode.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "authorization-mode",
			.op = KA_FLAG_HAS,
			.value = "Node",
			.absent = "the Node authorizer is off by default",
			.hidden_by = "authorization-config",
			.expected = "Node among the modes",
		},
	},
	{
		.key = "apiserver-authorization-rbac",
		.title = "RBAC decides on requests",
		.why = "Without RBAC the roles and bindings of the cluster, and all that audits "
		       "say about them, have no effect.",
		.fix = "Add RBAC to --authorization-mode.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "authorization-mode",
			.op = KA_FLAG_HAS,
			.value = "RBAC",
			.absent = "RBAC is off by default",
			.hidden_by = "authorization-config",
			.expected = "RBAC among the modes",
		},
	},
	{
		.key = "apiserver-admission-always-admit",
		.title = "The AlwaysAdmit admission plugin is off",
		.why = "The plugin refuses nothing and is there for tests only; where it is on, "
		       "somebody meant to switch admission off.",
		.fix = "Remove AlwaysAdmit from --enable-admission-plugins.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "enable-admission-plugins",
			.op = KA_FLAG_LACKS,
			.value = "AlwaysAdmit",
			.expected = "plugins without AlwaysAdmit",
		},
	},
	{
		.key = "apiserver-admission-node-restriction",
		.title = "The NodeRestriction admission plugin is on",
		.why = "Without it a kubelet may change any Node and any pod: whoever holds one "
		       "node draws secrets and pods of others to it.",
		.fix = "Add NodeRestriction to --enable-admission-plugins.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "enable-admission-plugins",
			.op = KA_FLAG_HAS,
			.value = "NodeRestriction",
			.absent = "NodeRestriction is off by default",
			.expected = "NodeRestriction among the plugins",
		},
	},
	{
		.key = "apiserver-admission-service-account",
		.title = "The ServiceAccount admission plugin is left on",
		.why = "Without it pods get no account and no token of their own, and people "
		       "work around that with shared credentials.",
		.fix = "Remove ServiceAccount from --disable-admission-plugins.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "disable-admission-plugins",
			.op = KA_FLAG_LACKS,
			.value = "ServiceAccount",
			.expected = "ServiceAccount not disabled",
		},
	},
	{
		.key = "apiserver-profiling",
		.title = "The API server serves no profiling data",
		.why = "Profiles show memory layout and program internals, and taking them costs "
		       "CPU.",
		.fix = "Set --profiling=false.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "profiling",
			.op = KA_FLAG_FALSE,
			.absent = "profiling is on by default",
			.expected = "--profiling=false",
		},
	},
	{
		.key = "apiserver-audit-log-path",
		.title = "The API server writes an audit log",
		.why = "Without an audit log nobody can tell afterwards who read which secret or "
		       "changed which role.",
		.fix = "Set --audit-log-path (or --audit-webhook-config-file) and "
		       "--audit-policy-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "audit-log-path",
			.op = KA_FLAG_SET,
			.absent = "no audit log is written",
			.instead = "audit-webhook-config-file",
			.expected = "--audit-log-path set",
		},
	},
	{
		.key = "apiserver-audit-log-maxage",
		.title = "Audit logs are kept for 30 days or more",
		.why = "Logs that are rotated away too soon are missing when a break-in is found "
		       "weeks later; ones without a limit fill the disk, and then nothing is "
		       "logged.",
		.fix = "Set --audit-log-maxage to 30 or more, or to what your retention rules "
		       "ask for.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "audit-log-maxage",
			.op = KA_FLAG_AT_LEAST,
			.least = 30,
			.absent = "no age is set, so only the number and size of files decide "
				  "what is kept",
			.moot = "audit-webhook-config-file",
			.unless = "audit-log-path",
			.expected = "--audit-log-maxage=30 or more",
		},
	},
	{
		.key = "apiserver-audit-log-maxbackup",
		.title = "Ten or more rotated audit logs are kept",
		.why = "Logs that are rotated away too soon are missing when a break-in is found "
		       "weeks later; ones without a limit fill the disk, and then nothing is "
		       "logged.",
		.fix = "Set --audit-log-maxbackup to 10 or more, or to what your retention rules "
		       "ask for.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "audit-log-maxbackup",
			.op = KA_FLAG_AT_LEAST,
			.least = 10,
			.absent = "no number is set, so old files pile up until the disk is full",
			.moot = "audit-webhook-config-file",
			.unless = "audit-log-path",
			.expected = "--audit-log-maxbackup=10 or more",
		},
	},
	{
		.key = "apiserver-audit-log-maxsize",
		.title = "Audit logs are rotated at 100 MB or more",
		.why = "Logs that are rotated away too soon are missing when a break-in is found "
		       "weeks later; ones without a limit fill the disk, and then nothing is "
		       "logged.",
		.fix = "Set --audit-log-maxsize to 100 or more, or to what your retention rules "
		       "ask for.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "audit-log-maxsize",
			.op = KA_FLAG_AT_LEAST,
			.least = 100,
			.absent = "no size is set, and the default of the rotating writer applies",
			.moot = "audit-webhook-config-file",
			.unless = "audit-log-path",
			.expected = "--audit-log-maxsize=100 or more",
		},
	},
	{
		.key = "apiserver-audit-policy",
		.title = "The API server has an audit policy",
		.why = "Without a policy no event is logged, whatever the log path says.",
		.fix = "Write a policy and name it with --audit-policy-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "audit-policy-file",
			.op = KA_FLAG_SET,
			.absent = "no event is logged",
			.expected = "--audit-policy-file set",
		},
	},
	{
		.key = "apiserver-kubelet-client-cert",
		.title = "The API server shows kubelets a client certificate",
		.why = "Kubelets that accept the API server without a certificate accept "
		       "everybody.",
		.fix = "Set --kubelet-client-certificate and --kubelet-client-key.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "kubelet-client-certificate",
			.other = "kubelet-client-key",
			.op = KA_FLAG_SET,
			.absent = "it reaches kubelets without credentials",
			.expected = "--kubelet-client-certificate and --kubelet-client-key set",
		},
	},
	{
		.key = "apiserver-kubelet-ca",
		.title = "The API server verifies the certificates of kubelets",
		.why = "Whoever answers in place of a kubelet gets what is typed into exec "
		       "sessions, and sends back what he likes as logs.",
		.fix = "Set --kubelet-certificate-authority, and let kubelets ask for signed "
		       "serving certificates.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "kubelet-certificate-authority",
			.op = KA_FLAG_SET,
			.absent = "any certificate of a kubelet is accepted",
			.expected = "--kubelet-certificate-authority set",
		},
	},
	{
		.key = "apiserver-service-account-lookup",
		.title = "Tokens of deleted service accounts stop working",
		.why = "Without the look-up a stolen token lives on after its account was "
		       "deleted.",
		.fix = "Remove --service-account-lookup=false.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "service-account-lookup",
			.op = KA_FLAG_TRUE,
			.expected = "--service-account-lookup absent or true",
		},
	},
	{
		.key = "apiserver-service-account-key",
		.title = "The API server has a key of its own to verify service account tokens",
		.why = "Without it the key of the serving certificate is used; renewing that "
		       "makes all tokens void, so it is not renewed.",
		.fix = "Set --service-account-key-file to a key used for nothing else.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "service-account-key-file",
			.op = KA_FLAG_SET,
			.absent = "the serving key verifies tokens",
			.expected = "--service-account-key-file set",
		},
	},
	{
		.key = "apiserver-etcd-cert",
		.title = "The API server shows etcd a client certificate",
		.why = "An etcd that does not ask for certificates gives every secret of the "
		       "cluster to whoever reaches its port.",
		.fix = "Set --etcd-certfile and --etcd-keyfile.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "etcd-certfile",
			.other = "etcd-keyfile",
			.op = KA_FLAG_SET,
			.absent = "it reaches etcd without credentials",
			.expected = "--etcd-certfile and --etcd-keyfile set",
		},
	},
	{
		.key = "apiserver-etcd-ca",
		.title = "The API server verifies the certificate of etcd",
		.why = "Whoever answers in place of etcd can hand the API server any state he "
		       "likes.",
		.fix = "Set --etcd-cafile.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "etcd-cafile",
			.op = KA_FLAG_SET,
			.absent = "the certificate of etcd is not checked against a CA of the "
				  "cluster",
			.expected = "--etcd-cafile set",
		},
	},
	{
		.key = "apiserver-tls-cert",
		.title = "The API server has a serving certificate of its own",
		.why = "Without one it makes a self-signed certificate at start, which clients "
		       "can only accept unverified.",
		.fix = "Set --tls-cert-file and --tls-private-key-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "tls-cert-file",
			.other = "tls-private-key-file",
			.op = KA_FLAG_SET,
			.absent = "it serves a self-signed certificate",
			.expected = "--tls-cert-file and --tls-private-key-file set",
		},
	},
	{
		.key = "apiserver-client-ca",
		.title = "The API server verifies client certificates",
		.why = "Without a CA for clients, components and people must use weaker "
		       "credentials.",
		.fix = "Set --client-ca-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "client-ca-file",
			.op = KA_FLAG_SET,
			.absent = "client certificates mean nothing to it",
			.expected = "--client-ca-file set",
		},
	},
	{
		.key = "apiserver-encryption-provider",
		.title = "Secrets are encrypted before they go to etcd",
		.why = "Without it every backup, disk image and member of etcd holds all secrets "
		       "as plain text.",
		.fix = "Write an EncryptionConfiguration with a KMS, secretbox or aescbc "
		       "provider first, name it with --encryption-provider-config, and rewrite "
		       "existing secrets.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "encryption-provider-config",
			.op = KA_FLAG_SET,
			.absent = "secrets are stored as they are",
			.expected = "--encryption-provider-config set",
		},
	},
	{
		.key = "apiserver-tls-ciphers",
		.title = "The API server offers no weak cipher suite",
		.why = "Suites without forward secrecy or with old ciphers let recorded traffic "
		       "be read later.",
		.fix = "Remove --tls-cipher-suites to get the defaults, or name only ECDHE "
		       "suites with GCM or ChaCha20.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "tls-cipher-suites",
			.op = KA_FLAG_STRONG,
			.expected = "the default, or ECDHE suites with AEAD ciphers",
		},
	},
	{
		.key = "apiserver-token-expiration",
		.title = "Service account tokens live no longer than asked for",
		.why = "By default the API server stretches the mounted tokens of pods to a "
		       "year, for the sake of old clients; a stolen one stays good for as long.",
		.fix = "Set --service-account-extend-token-expiration=false once metrics show no "
		       "stale tokens.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_apiserver,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-apiserver",
			.flag = "service-account-extend-token-expiration",
			.op = KA_FLAG_FALSE,
			.absent = "tokens are stretched to a year by default",
			.expected = "--service-account-extend-token-expiration=false",
		},
	},
};

const struct ka_check_set ka_set_apiserver = {
	.name = "API server",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
