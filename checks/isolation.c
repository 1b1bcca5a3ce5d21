/* What separates a pod from its node: namespaces, privileges, kernel settings. */
#include <string.h>

#include "pods.h"
#include "sets.h"

static void
privileged(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!eff->privileged)
		return;
	f = pod_fault(v, c, "securityContext.privileged");
	f.observed = "true";
	f.expected = "false or absent";
	f.message = ka_text(v->run, "%s is privileged", pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
pod_switch(const struct pod_view *v, bool on, const char *field, const char *message)
{
	struct ka_fault f;

	if (!on)
		return;
	f = pod_fault(v, NULL, field);
	f.observed = "true";
	f.expected = "false or absent";
	f.message = message;
	ka_fail(v->run, &f);
}

static void
host_network(const struct pod_view *v)
{
	pod_switch(v, v->spec->host_network, "hostNetwork",
		   "the pod is in the network namespace of its node");
}

static void
host_pid(const struct pod_view *v)
{
	pod_switch(v, v->spec->host_pid, "hostPID",
		   "the pod is in the process namespace of its node");
}

static void
host_ipc(const struct pod_view *v)
{
	pod_switch(v, v->spec->host_ipc, "hostIPC", "the pod is in the IPC namespace of its node");
}

static void
share_processes(const struct pod_view *v)
{
	pod_switch(v, v->spec->share_process_namespace, "shareProcessNamespace",
		   "the containers of the pod share one process namespace");
}

static void
host_port(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	(void)eff;
	for (size_t i = 0; i < c->nports; i++) {
		const struct ka_port *p = &c->port[i];
		struct ka_fault f;

		if (!p->host_port)
			continue;
		f = pod_fault(v, c, ka_text(v->run, "ports[%zu].hostPort", i));
		f.observed = ka_text(v->run, "%u", p->host_port);
		f.expected = "absent";
		f.message = ka_text(v->run, "%s takes port %u/%s of the node",
				    pod_container_text(v, c), p->host_port, p->protocol);
		f.discriminator = ka_text(v->run, "%u/%s", p->host_port, p->protocol);
		/* The API server fills hostPort in for pods in the node's network: pod-host-network
		 * is the finding. */
		f.severity = v->spec->host_network ? KA_LOW : KA_SEV_DEFAULT;
		ka_fail(v->run, &f);
	}
}

/* check_hostProbesAndhostLifecycle.go of pod-security-admission: any host, even a local one. */
static void
probe_hosts(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	(void)eff;
	for (size_t i = 0; i < c->nprobe_hosts; i++) {
		const struct ka_probe_host *p = &c->probe_host[i];
		struct ka_fault f;

		if (!p->host || !p->host[0])
			continue;
		f = pod_fault(v, c, p->path);
		f.observed = p->host;
		f.discriminator = p->path;
		f.expected = "absent";
		f.message = ka_text(v->run, "%s makes the kubelet call %s",
				    pod_container_text(v, c), p->host);
		ka_fail(v->run, &f);
	}
}

static void
host_process(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	bool own = c->security.windows_host_process != KA_UNSET;
	struct ka_fault f;

	if (!eff->host_process)
		return;
	f = pod_fault(v, c, "securityContext.windowsOptions.hostProcess");
	if (!own)
		f.path = pod_path_from(v, c, KA_FROM_POD,
				       "securityContext.windowsOptions.hostProcess");
	f.observed = "true";
	f.expected = "false or absent";
	f.message = ka_text(v->run, "%s runs as a process of its Windows node",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static bool
says_host_process(const struct ka_security *own)
{
	return own->windows_host_process != KA_UNSET;
}

static void
pod_host_process(const struct pod_view *v)
{
	struct ka_fault f;

	if (v->spec->security.windows_host_process != KA_YES ||
	    !pod_overridden(v, says_host_process))
		return;
	f = pod_fault(v, NULL, "securityContext.windowsOptions.hostProcess");
	f.observed = "true";
	f.expected = "false or absent";
	f.message = "the pod asks for host processes, though each of its containers decides for "
		    "itself";
	f.severity = KA_LOW;
	ka_fail(v->run, &f);
}

static void
proc_mount_fault(const struct pod_view *v, const struct ka_container *c,
		 const struct ka_effective *eff)
{
	struct ka_fault f;

	if (strcmp(eff->proc_mount, "Default") == 0)
		return;
	f = pod_fault(v, c, "securityContext.procMount");
	f.observed = eff->proc_mount;
	f.expected = "Default or absent";
	f.message = ka_text(v->run, "%s sees /proc without the runtime's masks",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

/* In a user namespace of the pod's own the baseline level allows any mount from 1.35 on, the
 * restricted level none (check_procMount_baseline.go, check_procMount_restricted.go of
 * pod-security-admission): two rows. */
static void
proc_mount(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	if (v->spec->host_users != KA_NO)
		proc_mount_fault(v, c, eff);
}

static void
proc_mount_own_users(const struct pod_view *v, const struct ka_container *c,
		     const struct ka_effective *eff)
{
	if (v->spec->host_users == KA_NO)
		proc_mount_fault(v, c, eff);
}

/* check_sysctls.go of pod-security-admission, the newest list (1.37). */
static bool
sysctl_is_safe(const char *name)
{
	static const char *const safe[] = {
		"kernel.shm_rmid_forced",
		"net.ipv4.ip_local_port_range",
		"net.ipv4.ip_local_reserved_ports",
		"net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.ping_group_range",
		"net.ipv4.tcp_fin_timeout",
		"net.ipv4.tcp_keepalive_intvl",
		"net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_notsent_lowat",
		"net.ipv4.tcp_rmem",
		"net.ipv4.tcp_slow_start_after_idle",
		"net.ipv4.tcp_syncookies",
		"net.ipv4.tcp_wmem",
	};

	for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++)
		if (strcmp(safe[i], name) == 0)
			return true;
	return false;
}

static void
sysctls(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->nsysctls; i++) {
		const struct ka_sysctl *s = &v->spec->sysctl[i];
		struct ka_fault f;

		if (!s->name || sysctl_is_safe(s->name))
			continue;
		f = pod_fault(v, NULL, ka_text(v->run, "securityContext.sysctls[%zu]", i));
		f.observed = ka_text(v->run, "%s=%s", s->name, s->value ? s->value : "");
		f.expected = "only sysctls that are kept apart from pod to pod";
		f.message = ka_text(v->run, "the pod sets %s", s->name);
		ka_fail(v->run, &f);
	}
}

static const struct ka_check checks[] = {
	{
		.key = "pod-privileged",
		.title = "No container is privileged",
		.why = "A privileged container has every capability and every device of its node, "
		       "without seccomp or AppArmor. Whoever runs code in it owns the node and "
		       "all pods on it.",
		.fix = "Remove securityContext.privileged; add the one capability or device the "
		       "program needs.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = privileged },
	},
	{
		.key = "pod-host-network",
		.title = "No pod uses the network of its node",
		.why = "Such a pod reaches what listens on the node's loopback, the cloud's "
		       "metadata service as the node, and other pods' traffic. NetworkPolicies do "
		       "not apply to it.",
		.fix = "Remove hostNetwork; publish ports through a Service.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = host_network },
	},
	{
		.key = "pod-host-pid",
		.title = "No pod sees the processes of its node",
		.why = "The pod can read the environment and open files of other pods' processes "
		       "and, with enough privilege, enter them.",
		.fix = "Remove hostPID.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = host_pid },
	},
	{
		.key = "pod-host-ipc",
		.title = "No pod shares IPC with its node",
		.why = "Shared memory and queues of the node's processes, and of other pods that "
		       "do the same, can be read and changed.",
		.fix = "Remove hostIPC.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = host_ipc },
	},
	{
		.key = "pod-host-port",
		.title = "No container takes a port of its node",
		.why = "A host port is reachable wherever the node is, past Services and often "
		       "past NetworkPolicies, and can be taken in another program's place.",
		.fix = "Remove hostPort; publish the port through a Service.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = host_port },
	},
	{
		.key = "pod-host-probes",
		.title = "No probe or hook names a host to call",
		.why = "The kubelet makes the call from the node's network, so whoever writes the "
		       "pod can reach, and learn about, addresses that the pod itself cannot.",
		.fix = "Remove host from the probe or hook; it then goes to the pod's own "
		       "address.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = probe_hosts },
	},
	{
		.key = "pod-windows-host-process",
		.title = "No container is a Windows host process",
		.why = "A host process container is no container: it runs on the Windows node "
		       "with the node's files, network and accounts.",
		.fix = "Remove windowsOptions.hostProcess.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_host_process,
						   .container = host_process },
	},
	{
		.key = "pod-proc-mount",
		.title = "No container has an unmasked /proc while it shares its node's users",
		.why = "Masks keep kernel memory, keys and switches under /proc from containers; "
		       "without them one more bug is enough to leave the container.",
		.fix = "Remove procMount; where nested containers need it, set hostUsers: false "
		       "beside it.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = proc_mount },
	},
	{
		.key = "pod-proc-mount-own-users",
		.title = "No container has an unmasked /proc in a user namespace of its own",
		.why = "The user namespace takes the power out of what the masks hide, but not the "
		       "knowledge: the node's kernel can still be read. Pod Security's restricted "
		       "level refuses such pods, its baseline level does not.",
		.fix = "Remove procMount unless the pod builds or runs containers itself.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = proc_mount_own_users },
	},
	{
		.key = "pod-sysctls",
		.title = "Pods set only safe sysctls",
		.why = "Sysctls that are not kept apart by namespaces change the node for every "
		       "pod on it, and can weaken or stop it.",
		.fix = "Remove the sysctl; set it on the nodes that need it.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = sysctls },
	},
	{
		.key = "pod-share-process-namespace",
		.title = "Containers of a pod do not share a process namespace",
		.why = "Each container then sees the command lines and environment of the others, "
		       "and their files through /proc; a weak sidecar gives away the main "
		       "program's secrets.",
		.fix = "Remove shareProcessNamespace unless containers must signal each other.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = share_processes, .linux_only = true },
	},
};

const struct ka_check_set ka_set_isolation = { "Pod isolation", checks,
					       sizeof checks / sizeof checks[0] };
