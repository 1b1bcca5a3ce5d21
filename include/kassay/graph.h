/* The graph: what one snapshot of a cluster (or one folder of manifests) says, as typed structs.
 *
 * Everything is in one arena and read-only once it is finished.  Strings are interned, so that
 * equal strings are equal pointers, but for those that differ on every object: uid,
 * resource_version and pod addresses.  NULL means that the field was absent.  Lists are sorted by
 * namespace and name, so that walking them gives the order of reports. */
#ifndef KASSAY_GRAPH_H
#define KASSAY_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/match.h>

/* ---- kinds ---------------------------------------------------------------------------------- */

enum ka_kind {
	KA_NAMESPACE,
	KA_NODE,
	KA_SERVICEACCOUNT,
	KA_ROLE,
	KA_CLUSTERROLE,
	KA_ROLEBINDING,
	KA_CLUSTERROLEBINDING,
	KA_POD,
	KA_REPLICATIONCONTROLLER,
	KA_REPLICASET,
	KA_DEPLOYMENT,
	KA_STATEFULSET,
	KA_DAEMONSET,
	KA_JOB,
	KA_CRONJOB,
	KA_NETWORKPOLICY,
	KA_SERVICE,
	KA_INGRESS,
	KA_SECRET,
	KA_CONFIGMAP,
	KA_PERSISTENTVOLUME,
	KA_PERSISTENTVOLUMECLAIM,
	KA_VALIDATINGWEBHOOKCONFIGURATION,
	KA_MUTATINGWEBHOOKCONFIGURATION,
	KA_VALIDATINGADMISSIONPOLICY,
	KA_VALIDATINGADMISSIONPOLICYBINDING,
	KA_MUTATINGADMISSIONPOLICY,
	KA_MUTATINGADMISSIONPOLICYBINDING,
	KA_RESOURCEQUOTA,
	KA_LIMITRANGE,
	/* Facts of apiVersion kassay/v1, which no list of the API has: see struct ka_fact. */
	KA_KUBELETCONFIG, /* what the kubelet of a node runs with */
	KA_NODEFILES,     /* files and processes of a node, as `kassay node` saw them */
	KA_APIENDPOINT,   /* what the API server answers to strangers */
	KA_APIMETRICS,    /* what the API server's metrics tell of its configuration */
	KA_OTHER, /* any other kind, custom resources included */
	KA_NKINDS,
};

/* A set of kinds, as in the needs of a check. */
typedef uint64_t ka_kinds;
#define KA_BIT(kind) ((ka_kinds)1 << (kind))
/* The kinds with a pod template, and pods. */
#define KA_WORKLOAD_KINDS                                                                      \
	(KA_BIT(KA_REPLICATIONCONTROLLER) | KA_BIT(KA_REPLICASET) | KA_BIT(KA_DEPLOYMENT) |    \
	 KA_BIT(KA_STATEFULSET) | KA_BIT(KA_DAEMONSET) | KA_BIT(KA_JOB) | KA_BIT(KA_CRONJOB))
#define KA_POD_KINDS (KA_WORKLOAD_KINDS | KA_BIT(KA_POD))
#define KA_RBAC_KINDS                                                                          \
	(KA_BIT(KA_ROLE) | KA_BIT(KA_CLUSTERROLE) | KA_BIT(KA_ROLEBINDING) |                   \
	 KA_BIT(KA_CLUSTERROLEBINDING))
#define KA_FACT_KINDS                                                                          \
	(KA_BIT(KA_KUBELETCONFIG) | KA_BIT(KA_NODEFILES) | KA_BIT(KA_APIENDPOINT) |            \
	 KA_BIT(KA_APIMETRICS))

struct ka_kind_info {
	const char *kind;     /* "Deployment" */
	const char *group;    /* "apps"; "" is the core group */
	const char *version;  /* the one kassay asks for and writes: "v1" */
	const char *resource; /* "deployments" */
	bool namespaced;
	/* facts: the rule that lets them be read ("get on nodes/proxy in the core apiGroup"), or what
	 * else brings them; NULL for the API's own kinds, which need list.  `resource` is then what
	 * people call them, in the plural. */
	const char *grant;
};
/* The table row of a kind; KA_OTHER has kind "(other)". */
const struct ka_kind_info *ka_kind_info(enum ka_kind kind);
/* By kind and apiVersion ("apps/v1", any version of the group; also the groups a kind used to live
 * in); KA_OTHER when it is none of ours. */
enum ka_kind ka_kind_find(const char *api_version, const char *kind);

/* ---- what every object has ------------------------------------------------------------------ */

struct ka_owner_ref {
	const char *api_version, *kind, *name;
};

struct ka_object {
	enum ka_kind kind;
	bool namespace_implied;      /* a manifest without a namespace: "default" is our guess */
	bool ghost;                  /* not in the snapshot: known only as somebody's owner */
	const char *api_version;     /* as read: "apps/v1" */
	const char *kind_name;       /* "Deployment", also for KA_OTHER */
	const char *namespace;       /* NULL for cluster-scoped objects */
	const char *name;
	const char *uid;
	const char *resource_version;
	const struct ka_kvs *labels;      /* never NULL */
	const struct ka_kvs *annotations; /* never NULL; see ka_annotation_kept() in the model */
	/* the controller, or the first owner; all NULL when there is none */
	struct ka_owner_ref owner;
	uint32_t file;               /* index into ka_graph.file */
	uint32_t line;               /* 1-based; 0 when unknown */
};

/* ---- small values --------------------------------------------------------------------------- */

enum ka_tri { KA_UNSET, KA_NO, KA_YES };

struct ka_optint {
	bool set;
	int64_t v;
};

struct ka_strs {
	size_t n;
	const char *const *v;
};
/* True when s (any string) is in the list. */
bool ka_strs_has(const struct ka_strs *list, const char *s);

/* ---- pods ----------------------------------------------------------------------------------- */

struct ka_profile { /* seccompProfile, appArmorProfile */
	const char *type; /* NULL: no profile given; "": one without a type, which the API server refuses */
	const char *localhost;
};

struct ka_selinux {
	bool set;
	const char *user, *role, *type, *level;
};

struct ka_capabilities {
	struct ka_strs add, drop;
};

/* A container's securityContext, and those fields of the pod's that have the same meaning. */
struct ka_security {
	bool set; /* the object was there, even if empty */
	enum ka_tri privileged, allow_privilege_escalation, read_only_root, run_as_non_root;
	enum ka_tri windows_host_process;
	const char *windows_gmsa, *windows_run_as_user;
	const char *proc_mount;
	struct ka_optint run_as_user, run_as_group;
	struct ka_capabilities caps;
	struct ka_profile seccomp, apparmor;
	struct ka_selinux selinux;
};

enum ka_env_from { KA_ENV_VALUE, KA_ENV_SECRET, KA_ENV_CONFIGMAP, KA_ENV_FIELD };

struct ka_env {
	const char *name;
	enum ka_env_from from;
	const char *value;   /* KA_ENV_VALUE: the text; NULL when it looks secret: it is not kept */
	/* KA_ENV_VALUE: why it looks secret ("name says password", "AWS access key id"), else
	 * NULL */
	const char *secret;
	const char *ref, *key; /* the Secret or ConfigMap and its key */
	bool optional;
};

struct ka_env_source { /* envFrom */
	enum ka_env_from from; /* KA_ENV_SECRET or KA_ENV_CONFIGMAP */
	const char *ref, *prefix;
	bool optional;
};

struct ka_mount {
	const char *volume, *path, *sub_path;
	bool read_only;
	const char *propagation;
};

struct ka_port {
	const char *name, *protocol; /* protocol is never NULL: absent is "TCP" */
	uint16_t port, host_port;
	const char *host_ip;
};

/* A host named in a probe or lifecycle hook: what Pod Security calls hostProbesAndHostLifecycle. */
struct ka_probe_host {
	const char *path; /* "livenessProbe.httpGet.host" */
	const char *host;
};

enum ka_container_type { KA_INIT, KA_REGULAR, KA_EPHEMERAL };

struct ka_container {
	enum ka_container_type type;
	uint16_t index;          /* within its own list, as in spec.containers[index] */
	bool sidecar;            /* an init container with restartPolicy Always */
	const char *name, *image, *pull_policy;
	struct ka_strs command, args; /* arguments that look secret are replaced by "(hidden)" */
	struct ka_security security;
	size_t nenv, nenv_from, nmounts, nports, nprobe_hosts;
	const struct ka_env *env;
	const struct ka_env_source *env_from;
	const struct ka_mount *mount;
	const struct ka_port *port;
	const struct ka_probe_host *probe_host;
	const char *cpu_limit, *memory_limit, *cpu_request, *memory_request;
};

struct ka_token_source { /* a projected serviceAccountToken */
	const char *audience, *path;
	struct ka_optint expiration;
};

struct ka_volume {
	const char *name;
	/* the volume source's field name: "hostPath", "secret", "emptyDir" ...; "" when none is
	 * given */
	const char *type;
	const char *path;  /* hostPath.path */
	const char *path_type; /* hostPath.type */
	const char *ref;   /* secretName, configMap.name, claimName, csi.driver */
	size_t ntokens;
	const struct ka_token_source *token; /* projected: service account tokens */
	/* projected: other sources, by name; other types: the Secret that the driver is given */
	struct ka_strs secrets, configmaps;
};

struct ka_sysctl {
	const char *name, *value;
};

/* A pod's spec, kept once however many pods have it.  What differs from pod to pod (nodeName) and
 * what the API server adds to every pod (the kube-api-access volume and its mounts) is left out, so
 * that a template and its pods share one. */
struct ka_podspec {
	uint32_t id; /* 0-based, dense */
	bool host_network, host_pid, host_ipc, share_process_namespace;
	enum ka_tri host_users, automount_token;
	const char *service_account; /* never NULL: absent is "default" */
	bool service_account_given;
	const char *runtime_class, *os, *scheduler;
	/* the pod's own; read_only_root, privileged, caps and the like stay unset */
	struct ka_security security;
	struct ka_optint fs_group;
	size_t nsupplemental, nsysctls, nvolumes, ncontainers, nhost_aliases;
	const int64_t *supplemental;
	const struct ka_sysctl *sysctl;
	const struct ka_volume *volume;
	const struct ka_container *container; /* init, regular, ephemeral, in this order */
	struct ka_strs pull_secrets;
	/* AppArmor and seccomp annotations of the pod's metadata; never NULL */
	const struct ka_kvs *annotations;
};

/* The path of a container inside a pod spec: "initContainers[0]", written to buf. */
const char *ka_container_path(const struct ka_container *c, char buf[48]);

/* Deployment and the like; also ghosts. */
struct ka_workload {
	struct ka_object obj;
	const struct ka_podspec *spec;  /* NULL for a ghost */
	const struct ka_kvs *labels;    /* of the template; never NULL */
	const struct ka_selector *selector; /* spec.selector, NULL when absent */
	struct ka_optint replicas;
	bool suspended;                 /* CronJob, Job */
	const char *schedule;           /* CronJob: as cron writes it */
	const struct ka_object *top;    /* the owner to report on; itself when it has none */
	uint32_t pods;                  /* live pods under this top-level owner */
};

struct ka_pod {
	struct ka_object obj;
	const struct ka_podspec *spec;
	const char *node;       /* spec.nodeName */
	const char *phase;
	const char *const *ip;  /* status.podIPs */
	size_t nips;
	/* status.*containerStatuses[].imageID by index into spec->container; entries may be NULL */
	const char *const *image_id;
	const struct ka_object *top; /* the owner to report on; itself when it has none */
	bool mirror;            /* a static pod's mirror: kubernetes.io/config.mirror */
};

/* Has run to its end: it holds no network, no memory and no token any more. */
bool ka_pod_finished(const struct ka_pod *pod);

/* What pod checks judge: one distinct pod spec under one top-level owner. */
struct ka_unit {
	const struct ka_object *object; /* report on this */
	const struct ka_podspec *spec;
	const struct ka_kvs *labels;    /* of the template, or of the first pod */
	/* where the spec is in the object: "spec", "spec.template.spec" ... */
	const char *path;
	const struct ka_pod *pod;       /* the first live pod of this spec, or NULL */
	uint32_t instances;             /* live pods of this spec; 0 for a template without pods */
	bool template_only;             /* no pod runs with exactly this spec */
};

/* ---- RBAC ----------------------------------------------------------------------------------- */

struct ka_rule {
	struct ka_strs verbs, groups, resources, names, urls;
};

struct ka_role { /* Role and ClusterRole */
	struct ka_object obj;
	size_t nrules;
	const struct ka_rule *rule;
	size_t naggregate;
	const struct ka_selector *aggregate; /* aggregationRule.clusterRoleSelectors */
	/* label kubernetes.io/bootstrapping=rbac-defaults, or a name only Kubernetes itself
	 * creates */
	bool bootstrap;
};

enum ka_subject_kind {
	KA_SUBJECT_USER,
	KA_SUBJECT_GROUP,
	KA_SUBJECT_SERVICEACCOUNT,
	KA_SUBJECT_UNKNOWN,
};

struct ka_subject {
	enum ka_subject_kind kind;
	const char *kind_name; /* as read */
	const char *namespace; /* service accounts; defaulted to the binding's for RoleBindings */
	const char *name;
};

struct ka_binding { /* RoleBinding and ClusterRoleBinding */
	struct ka_object obj;
	const char *role_group, *role_kind, *role_name;
	size_t nsubjects;
	const struct ka_subject *subject;
	bool bootstrap;
	int64_t created; /* Unix seconds; 0: not told */
};

struct ka_serviceaccount {
	struct ka_object obj;
	enum ka_tri automount_token;
	struct ka_strs secrets, pull_secrets;
};

/* ---- network -------------------------------------------------------------------------------- */

struct ka_netpol_port {
	const char *protocol;   /* never NULL: absent is "TCP" */
	const char *name;       /* a named port, or NULL */
	struct ka_optint port, end_port;
};
struct ka_netpol_peer {
	const struct ka_selector *pods, *namespaces; /* NULL: absent */
	const char *cidr;                            /* ipBlock */
	struct ka_strs except;
};
struct ka_netpol_rule {
	size_t npeers, nports;
	const struct ka_netpol_peer *peer;
	const struct ka_netpol_port *port;
};
enum { KA_INGRESS_DIR = 1 << 0, KA_EGRESS_DIR = 1 << 1 };
struct ka_netpol {
	struct ka_object obj;
	const struct ka_selector *pods; /* never NULL: absent selects all */
	unsigned types;                 /* effective policyTypes: KA_INGRESS_DIR | KA_EGRESS_DIR */
	bool types_given;
	size_t ningress, negress;
	const struct ka_netpol_rule *ingress, *egress;
};

struct ka_service_port {
	const char *name, *protocol, *target_name;
	uint16_t port, node_port;
	struct ka_optint target;
};
struct ka_service {
	struct ka_object obj;
	const char *type; /* never NULL: absent is "ClusterIP" */
	const struct ka_kvs *selector; /* NULL when absent or empty */
	struct ka_strs external_ips, source_ranges;
	const char *cluster_ip, *external_name, *external_traffic, *lb_class;
	size_t nports;
	const struct ka_service_port *port;
};
struct ka_ingress_rule {
	const char *host, *path, *service;
};
struct ka_ingress_tls {
	struct ka_strs hosts;
	const char *secret;
};
struct ka_ingress {
	struct ka_object obj;
	const char *class_name, *default_service;
	size_t nrules, ntls;
	/* one per path; a rule without paths has one of its own */
	const struct ka_ingress_rule *rule;
	const struct ka_ingress_tls *tls;
};

/* ---- admission ------------------------------------------------------------------------------ */

struct ka_admission_rule {
	struct ka_strs operations, groups, versions, resources, names;
	const char *scope;
};
struct ka_webhook {
	const char *name;
	const char *failure_policy; /* never NULL: absent is "Fail" */
	const char *url, *service_namespace, *service_name;
	const struct ka_selector *namespaces, *objects; /* never NULL: absent selects all */
	size_t nrules, nconditions;
	const struct ka_admission_rule *rule;
	struct ka_optint timeout;
};
struct ka_webhook_config { /* Validating- and MutatingWebhookConfiguration */
	struct ka_object obj;
	size_t nhooks;
	const struct ka_webhook *hook;
};
struct ka_admission_match { /* matchConstraints, matchResources */
	const struct ka_selector *namespaces, *objects; /* never NULL: absent selects all */
	size_t nrules, nexcluded;
	const struct ka_admission_rule *rule, *excluded;
};
struct ka_admission_policy { /* Validating- and MutatingAdmissionPolicy */
	struct ka_object obj;
	const char *failure_policy; /* never NULL: absent is "Fail" */
	struct ka_admission_match match;
	size_t nvalidations, nconditions; /* validations or mutations; matchConditions */
	bool has_params;
};
struct ka_admission_binding {
	struct ka_object obj;
	const char *policy;
	struct ka_strs actions; /* validationActions */
	struct ka_admission_match match;
};

/* ---- the rest ------------------------------------------------------------------------------- */

struct ka_namespace {
	struct ka_object obj;
	const char *phase;
};
struct ka_node_object {
	struct ka_object obj;
	const char *kubelet_version, *os, *os_image, *runtime, *arch, *provider_id;
	const char *internal_ip; /* the first of its addresses of that type */
};
#define KA_SECRET_OTHER "(other)"
struct ka_secret { /* metadata only: values are dropped before anything is kept */
	struct ka_object obj;
	/* never NULL: absent is "Opaque".  KA_SECRET_OTHER: only metadata was read, and it is
	 * none of the types that checks ask for */
	const char *type;
};
struct ka_suspect { /* a ConfigMap key whose value looks secret */
	const char *key;
	const char *what;
};
struct ka_configmap {
	struct ka_object obj;
	size_t nkeys, nsuspects;
	const struct ka_suspect *suspect;
	/* only for ConfigMaps that configure the cluster itself (kube-system/kube-proxy ...), else
	 * NULL */
	const struct ka_kvs *data;
};
struct ka_secret_ref {
	const char *namespace, *name;
};
struct ka_volume_object { /* PersistentVolume and PersistentVolumeClaim */
	struct ka_object obj;
	const char *type;             /* PV: its source's field name */
	const char *path;             /* PV: hostPath.path, local.path */
	const char *claim_namespace, *claim_name; /* PV: claimRef */
	const char *volume_name;      /* PVC */
	const char *storage_class;
	const char *csi_driver;
	size_t nsecrets;                    /* PV: Secrets that a kubelet gives to the driver */
	const struct ka_secret_ref *secret;
};
struct ka_governor { /* ResourceQuota and LimitRange */
	struct ka_object obj;
	struct ka_strs keys; /* quota: hard's keys; range: "Container", "Pod" ... */
};
/* The kinds of KA_FACT_KINDS but KA_NODEFILES.  As a document:
 *	{"apiVersion": "kassay/v1", "kind": "KubeletConfig", "metadata": {"name": "node-1"},
 *	 "source": "/api/v1/nodes/node-1/proxy/configz", "facts": {...}}
 * where the name is that of the node, or "api-server".
 *
 * KubeletConfig: the KubeletConfiguration in the kubelet's configz; named "kubelet-config", what the
 * ConfigMap of that name tells new kubelets.  With "partial": "true" beside the fields: only what was
 * set by an argument (kubelet-arg of k3s and RKE2) is there, under the field's name; of a field that
 * is absent nothing is known, not even that it has its default.
 * ApiEndpoint: {"anonymous": {"/api": "401", "/healthz": "200"}}, the status of a request without
 * credentials by path.  Only answers of the API server itself: its errors are a v1 Status, those of
 * a proxy in front of it are not.
 * ApiMetrics: {"transformers": {"secrets": {"k8s:enc:aescbc:v1:": {"to_storage": "12"},
 * "identity": {"from_storage": "3"}}}}, from apiserver_storage_transformation_operations_total with
 * status OK, added up by the labels resource ("*" where it is empty or missing: Kubernetes 1.31
 * has none), transformer_prefix ("identity" where it is empty) and transformation_type. */
struct ka_fact {
	struct ka_object obj;
	const char *source; /* where it was read */
	/* the values inside "facts" by their path: "authentication.anonymous.enabled" is "false".  A
	 * list of plain values is one value, joined by commas; of other lists each element has its
	 * place: "rules[0].name".  Null is absent, {} and [] are "".  Never NULL. */
	const struct ka_kvs *value;
};
/* NodeFiles, as `kassay node` writes it; the name is that of the node:
 *	{"apiVersion": "kassay/v1", "kind": "NodeFiles", "metadata": {"name": "node-1"},
 *	 "source": "kassay node", "facts": {
 *	"kubelet": {"seen": true, "args": ["--config=/var/lib/kubelet/config.yaml"]},
 *	"files": [{"role": "admin-kubeconfig", "path": "/etc/kubernetes/admin.conf", "type": "file",
 *	           "mode": "0600", "uid": 0, "gid": 0, "owner": "root", "group": "root"},
 *	          {"role": "etcd-data", "absent": true, "tried": ["/var/lib/etcd"]},
 *	          {"role": "pki", "path": "/etc/kubernetes/pki", "error": "permission denied"}]}}
 * Of a role that has no entry nothing is known. */
struct ka_node_file {
	const char *role;   /* never NULL; src/source/node_paths.c has them */
	const char *path;   /* NULL only when absent */
	const char *target; /* what a symbolic link leads to, inside the node's root */
	const char *type;   /* "file", "dir", "link", "other" */
	const char *error;  /* why it could not be looked at; what follows is then unset */
	bool absent;        /* nothing of this role is on the node */
	struct ka_optint mode, uid, gid; /* of what a link leads to */
	const char *owner, *group;       /* names, or numbers where there are none */
};
struct ka_node_files {
	struct ka_object obj;
	const char *source;
	enum ka_tri kubelet_seen;   /* its process; KA_UNSET: the document does not say */
	struct ka_strs kubelet_args; /* those that look secret are replaced by "(hidden)" */
	size_t nfiles;
	const struct ka_node_file *file;
};
struct ka_custom { /* KA_OTHER */
	struct ka_object obj;
	/* custom resources: the trimmed object; NULL for built-in kinds that no engine reads */
	const char *json;
};

/* Views: valid only for objects of the matching kinds. */
#define KA_VIEW(fn, type)                                                                          \
	static inline const struct type *fn(const struct ka_object *o)                             \
	{                                                                                          \
		return (const struct type *)(const void *)o;                                       \
	}
KA_VIEW(ka_as_workload, ka_workload)
KA_VIEW(ka_as_pod, ka_pod)
KA_VIEW(ka_as_role, ka_role)
KA_VIEW(ka_as_binding, ka_binding)
KA_VIEW(ka_as_serviceaccount, ka_serviceaccount)
KA_VIEW(ka_as_netpol, ka_netpol)
KA_VIEW(ka_as_service, ka_service)
KA_VIEW(ka_as_ingress, ka_ingress)
KA_VIEW(ka_as_webhook_config, ka_webhook_config)
KA_VIEW(ka_as_admission_policy, ka_admission_policy)
KA_VIEW(ka_as_admission_binding, ka_admission_binding)
KA_VIEW(ka_as_namespace, ka_namespace)
KA_VIEW(ka_as_node, ka_node_object)
KA_VIEW(ka_as_secret, ka_secret)
KA_VIEW(ka_as_configmap, ka_configmap)
KA_VIEW(ka_as_volume_object, ka_volume_object)
KA_VIEW(ka_as_governor, ka_governor)
KA_VIEW(ka_as_fact, ka_fact)
KA_VIEW(ka_as_node_files, ka_node_files)
KA_VIEW(ka_as_custom, ka_custom)
#undef KA_VIEW

/* ---- evidence ------------------------------------------------------------------------------- */

enum ka_evidence_status {
	KA_EV_COMPLETE,    /* listed to the end; absence counts */
	KA_EV_FORBIDDEN,   /* the API refused */
	KA_EV_ABSENT,      /* the API does not serve this kind: there can be none */
	KA_EV_FAILED,      /* asked for, and something broke */
	KA_EV_TRUNCATED,   /* part of it was read */
	KA_EV_NOT_OFFERED, /* this source does not have such facts */
};
/* "complete", "forbidden" ... "not-offered" */
const char *ka_evidence_status_name(enum ka_evidence_status s);

struct ka_evidence {
	enum ka_evidence_status status;
	uint64_t count;
	const char *api_path;         /* "/apis/apps/v1/deployments" */
	const char *resource_version; /* of the list */
	const char *reason;           /* why not complete, in the source's words */
	const char *time;             /* RFC 3339 */
};

enum ka_source_class {
	KA_SOURCE_MANIFESTS, /* files people wrote: a world of its own */
	KA_SOURCE_DUMP,      /* what an API server returned, saved */
	KA_SOURCE_CLUSTER,   /* read live, perhaps through a snapshot */
};

/* Something in the input that could not be taken as it is. */
struct ka_problem {
	uint32_t file, line;
	bool fatal;           /* a document was lost; else a field was ignored */
	const char *object;   /* "Deployment shop/web", or NULL */
	const char *text;
};

/* A document that is no Kubernetes object: named, never judged. */
struct ka_skipped {
	uint32_t file, line;
	const char *text;
};

/* A resource that the API server said it serves, in one version: what wildcards in rules stand for. */
struct ka_served {
	const char *group, *version; /* "" is the core group */
	const char *resource, *kind; /* "deployments", "Deployment" */
	bool namespaced;
	struct ka_strs verbs;
	struct ka_strs subresources; /* "scale", "status" */
};

/* ---- the graph ------------------------------------------------------------------------------ */

struct ka_list {
	size_t n;
	const struct ka_object *const *v;
};

struct ka_graph {
	struct ka_list of[KA_NKINDS]; /* sorted by namespace, name */
	size_t nunits;
	const struct ka_unit *unit;   /* sorted by object: namespace, kind, name */
	size_t npodspecs;
	size_t nfiles;
	/* display names, as given on the command line or found below it */
	const char *const *file;

	struct ka_evidence ledger[KA_NKINDS];
	enum ka_source_class source_class;
	const char *source;           /* one line for people: "files: deploy/, rbac.yaml" */
	const char *cluster_uid;      /* of Namespace kube-system */
	const char *kubernetes_version;
	/* "kubeadm", "EKS" ...; NULL: nothing tells.  The reason is the fact that decided it. */
	const char *distribution, *distribution_reason;
	const char *platform;         /* the cloud that the nodes are of: "AWS"; or NULL */
	/* products that the API groups tell of: "Cilium", "Gateway API" */
	struct ka_strs recognised;
	/* RFC 3339: when the facts were read.  Files: when the last of them was changed, and no start. */
	const char *started, *finished;
	const char *snapshot_sha256;  /* when read from a snapshot */

	size_t nproblems, nskipped;
	const struct ka_problem *problem;
	const struct ka_skipped *skipped;
	uint64_t duplicates;          /* objects with the same uid met again and dropped */

	/* sorted by group and resource; of the versions of one the server's favourite first.  None:
	 * the source does not tell */
	size_t nserved;
	const struct ka_served *served;
};

/* The object, or NULL.  Strings need not be interned; namespace is NULL for cluster-scoped
 * kinds. */
const struct ka_object *ka_graph_find(const struct ka_graph *g, enum ka_kind kind,
				      const char *namespace, const char *name);
/* The interned copy of s, or NULL when no object mentions it (so nothing can equal it). */
const char *ka_graph_str(const struct ka_graph *g, const char *s);

/* True when the kind was read completely (or cannot exist): its absence may be judged. */
bool ka_graph_knows(const struct ka_graph *g, enum ka_kind kind);

#endif
