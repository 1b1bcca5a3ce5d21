/* Flags of the controller manager, the scheduler and etcd, where a pod of this cluster shows them.
 * A CA for clients makes etcd ask for certificates whatever --client-cert-auth says (ServerConfig
 * in client/pkg/transport/listener.go of etcd). */
#include <kassay/check.h>

#include "controlplane.h"
#include "sets.h"

static const char no_manager[] =
	"no kube-controller-manager is visible as a pod here (managed control planes show none)";
static const char no_scheduler[] =
	"no kube-scheduler is visible as a pod here (managed control planes show none)";
static const char no_etcd[] =
	"no etcd is visible as a pod here (managed and external ones show none)";

static const struct ka_check checks[] = {
	{
		.key = "controller-manager-profiling",
		.title = "The controller manager serves no profiling data",
		.why = "Profiles show memory layout and program internals, and taking them costs "
		       "CPU.",
		.fix = "Set --profiling=false.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_manager,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-controller-manager",
			.flag = "profiling",
			.op = KA_FLAG_FALSE,
			.absent = "profiling is on by default",
			.expected = "--profiling=false",
		},
	},
	{
		.key = "controller-manager-service-account-credentials",
		.title = "Each controller works under an account of its own",
		.why = "Otherwise all controllers share one credential with the rights of all of "
		       "them, and the audit log cannot tell them apart.",
		.fix = "Set --use-service-account-credentials=true.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_manager,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-controller-manager",
			.flag = "use-service-account-credentials",
			.op = KA_FLAG_TRUE,
			.absent = "all controllers share one credential",
			.expected = "--use-service-account-credentials=true",
		},
	},
	{
		.key = "controller-manager-service-account-key",
		.title = "The controller manager has a key to sign service account tokens",
		.why = "Without a key of its own it cannot issue tokens, or shares one with "
		       "something else that may leak it.",
		.fix = "Set --service-account-private-key-file.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_manager,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-controller-manager",
			.flag = "service-account-private-key-file",
			.op = KA_FLAG_SET,
			.absent = "it has no key to sign with",
			.expected = "--service-account-private-key-file set",
		},
	},
	{
		.key = "controller-manager-root-ca",
		.title = "Pods get the CA that signed the API server",
		.why = "Pods that cannot verify the API server may talk to somebody else and "
		       "hand him their token.",
		.fix = "Set --root-ca-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_manager,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-controller-manager",
			.flag = "root-ca-file",
			.op = KA_FLAG_SET,
			.absent = "pods get no CA to verify the API server with",
			.expected = "--root-ca-file set",
		},
	},
	{
		.key = "controller-manager-bind-address",
		.title = "The controller manager listens on loopback only",
		.why = "Its port serves metrics and debugging to whoever reaches the node, with "
		       "no need for that.",
		.fix = "Set --bind-address=127.0.0.1.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_manager,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-controller-manager",
			.flag = "bind-address",
			.op = KA_FLAG_LOOPBACK,
			.absent = "it listens on all interfaces by default",
			.expected = "--bind-address=127.0.0.1",
		},
	},
	{
		.key = "scheduler-profiling",
		.title = "The scheduler serves no profiling data",
		.why = "Profiles show memory layout and program internals, and taking them costs "
		       "CPU.",
		.fix = "Set --profiling=false, or enableProfiling: false in its configuration "
		       "file.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_scheduler,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-scheduler",
			.flag = "profiling",
			.op = KA_FLAG_FALSE,
			.absent = "profiling is on by default",
			.hidden_by = "config",
			.expected = "--profiling=false",
		},
	},
	{
		.key = "scheduler-bind-address",
		.title = "The scheduler listens on loopback only",
		.why = "Its port serves metrics and debugging to whoever reaches the node, with "
		       "no need for that.",
		.fix = "Set --bind-address=127.0.0.1.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_POD),
		.none = no_scheduler,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "kube-scheduler",
			.flag = "bind-address",
			.op = KA_FLAG_LOOPBACK,
			.absent = "it listens on all interfaces by default",
			.expected = "--bind-address=127.0.0.1",
		},
	},
	{
		.key = "etcd-cert",
		.title = "etcd serves clients over TLS",
		.why = "Without TLS all state of the cluster, secrets included, crosses the wire "
		       "as plain text.",
		.fix = "Set --cert-file and --key-file.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "cert-file",
			.other = "key-file",
			.op = KA_FLAG_SET,
			.absent = "clients are served without TLS",
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--cert-file and --key-file set",
		},
	},
	{
		.key = "etcd-client-cert-auth",
		.title = "etcd asks its clients for certificates",
		.why = "Whoever reaches the port of an etcd that asks for none reads and writes "
		       "every object of the cluster, past all of RBAC.",
		.fix = "Set --client-cert-auth=true and --trusted-ca-file.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "client-cert-auth",
			.op = KA_FLAG_TRUE,
			.absent = "any client is served",
			.instead = "trusted-ca-file",
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--client-cert-auth=true",
		},
	},
	{
		.key = "etcd-auto-tls",
		.title = "etcd does not make its own certificates for clients",
		.why = "Self-signed certificates made at start cannot be verified by anybody.",
		.fix = "Remove --auto-tls and give etcd a certificate of the cluster.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "auto-tls",
			.op = KA_FLAG_FALSE,
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--auto-tls absent or false",
		},
	},
	{
		.key = "etcd-peer-cert",
		.title = "etcd members talk to each other over TLS",
		.why = "Without TLS all state of the cluster crosses the wire between members as "
		       "plain text.",
		.fix = "Set --peer-cert-file and --peer-key-file.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "peer-cert-file",
			.other = "peer-key-file",
			.op = KA_FLAG_SET,
			.absent = "members talk without TLS",
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--peer-cert-file and --peer-key-file set",
		},
	},
	{
		.key = "etcd-peer-client-cert-auth",
		.title = "etcd members ask each other for certificates",
		.why = "Whoever reaches the peer port of an etcd that asks for none may join as "
		       "a member and gets a copy of everything.",
		.fix = "Set --peer-client-cert-auth=true and --peer-trusted-ca-file.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "peer-client-cert-auth",
			.op = KA_FLAG_TRUE,
			.absent = "any member is accepted",
			.instead = "peer-trusted-ca-file",
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--peer-client-cert-auth=true",
		},
	},
	{
		.key = "etcd-peer-auto-tls",
		.title = "etcd does not make its own certificates for peers",
		.why = "Self-signed certificates made at start cannot be verified by anybody.",
		.fix = "Remove --peer-auto-tls and give the members certificates of the cluster.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = no_etcd,
		.run = ka_check_flag,
		.param = &(const struct ka_flag_rule){
			.component = "etcd",
			.flag = "peer-auto-tls",
			.op = KA_FLAG_FALSE,
			.hidden_by = "config-file",
			.file_wins = true,
			.expected = "--peer-auto-tls absent or false",
		},
	},
};

const struct ka_check_set ka_set_control_plane = {
	.name = "Control plane",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
