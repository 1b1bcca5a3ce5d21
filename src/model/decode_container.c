/* Containers of a pod. */
#include <string.h>

#include "model/decode_pod.h"
#include "model/suspect.h"
#include "util/banned.h"

static void
env(struct ka_decode *d, const struct ka_node *c, struct ka_container *ret)
{
	const struct ka_node *list = ka_dec_array(d, c, "env");
	struct ka_env *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->env = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *from = ka_dec_object(d, e, "valueFrom");
		const struct ka_node *secret = ka_dec_object(d, from, "secretKeyRef");
		const struct ka_node *map = ka_dec_object(d, from, "configMapKeyRef");
		const struct ka_node *ref = secret ? secret : map;
		struct ka_env *x = &v[ret->nenv++];

		x->name = ka_dec_str_or(d, e, "name", "");
		x->from = secret ? KA_ENV_SECRET : map ? KA_ENV_CONFIGMAP : from ? KA_ENV_FIELD : KA_ENV_VALUE;
		x->ref = ka_dec_str(d, ref, "name");
		x->key = ka_dec_str(d, ref, "key");
		x->optional = ka_dec_bool(d, ref, "optional");
		if (x->from == KA_ENV_VALUE) {
			const struct ka_node *value = ka_tape_get(d->t, e, "value");
			size_t len = 0;
			const char *text = value && value->type == KA_STRING ? ka_tape_text(d->t, value, &len) : "";

			x->secret = ka_suspect_name_value(x->name, text, len);
			/* Never interned: what looks secret must not be in memory that reports are written from. */
			x->value = x->secret ? NULL : ka_dec_str(d, e, "value");
		}
	}
}

static void
env_from(struct ka_decode *d, const struct ka_node *c, struct ka_container *ret)
{
	const struct ka_node *list = ka_dec_array(d, c, "envFrom");
	struct ka_env_source *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->env_from = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *secret = ka_dec_object(d, e, "secretRef");
		const struct ka_node *ref = secret ? secret : ka_dec_object(d, e, "configMapRef");

		v[ret->nenv_from++] = (struct ka_env_source){
			.from = secret ? KA_ENV_SECRET : KA_ENV_CONFIGMAP,
			.ref = ka_dec_str(d, ref, "name"),
			.prefix = ka_dec_str(d, e, "prefix"),
			.optional = ka_dec_bool(d, ref, "optional"),
		};
	}
}

static bool
has_volume(const struct ka_podspec *spec, const char *name)
{
	for (size_t i = 0; i < spec->nvolumes; i++)
		if (spec->volume[i].name == name)
			return true;
	return false;
}

static void
mounts(struct ka_decode *d, const struct ka_node *c, const struct ka_podspec *spec, struct ka_container *ret)
{
	const struct ka_node *list = ka_dec_array(d, c, "volumeMounts");
	struct ka_mount *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->mount = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		struct ka_mount m = {
			.volume = ka_dec_str_or(d, e, "name", ""),
			.path = ka_dec_str_or(d, e, "mountPath", ""),
			.sub_path = ka_dec_str(d, e, "subPath"),
			.read_only = ka_dec_bool(d, e, "readOnly"),
			.propagation = ka_dec_str(d, e, "mountPropagation"),
		};

		if (!ka_is_token_volume(m.volume) || has_volume(spec, m.volume))
			v[ret->nmounts++] = m;
	}
}

static void
ports(struct ka_decode *d, const struct ka_node *c, bool host_network, struct ka_container *ret)
{
	const struct ka_node *list = ka_dec_array(d, c, "ports");
	struct ka_port *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->port = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		struct ka_port *p = &v[ret->nports++];

		*p = (struct ka_port){
			.name = ka_dec_str(d, e, "name"),
			.protocol = ka_dec_str_or(d, e, "protocol", "TCP"),
			.port = ka_dec_port(d, e, "containerPort"),
			.host_port = ka_dec_port(d, e, "hostPort"),
			.host_ip = ka_dec_str(d, e, "hostIP"),
		};
		/* pkg/apis/core/v1/defaults.go gives every port of a hostNetwork pod its hostPort; done here too, so that a
		 * template and its pods are judged alike. */
		if (host_network && !p->host_port)
			p->host_port = p->port;
	}
}

/* Command lines, with what looks secret taken out. */
static struct ka_strs
words(struct ka_decode *d, const struct ka_node *c, const char *key)
{
	const struct ka_node *arr = ka_dec_array(d, c, key);
	struct ka_strs list = { 0 };
	const char **v = ka_arena_array(d->arena, arr ? arr->len : 0, sizeof *v);

	for (const struct ka_node *e = ka_tape_first(d->t, arr); e; e = ka_tape_after(d->t, arr, e)) {
		size_t len;
		const char *text;

		if (e->type != KA_STRING) {
			ka_dec_problem(d, e, "field \"%s\" must be a list of strings", key);
			continue;
		}
		text = ka_tape_text(d->t, e, &len);
		v[list.n] = ka_suspect_arg(list.n ? v[list.n - 1] : NULL, text, len)
				    ? ka_intern(d->in, KA_HIDDEN)
				    : ka_intern_n(d->in, text, len);
		list.n++;
	}
	list.v = v;
	return list;
}

/* Hosts in probes and hooks: policy/check_hostProbesAndHostLifecycle.go of pod-security-admission. */
static void
probe_hosts(struct ka_decode *d, const struct ka_node *c, struct ka_container *ret)
{
	static const struct {
		const char *outer, *inner;
		const char *http, *tcp;
	} places[] = {
		{ NULL, "livenessProbe", "livenessProbe.httpGet.host", "livenessProbe.tcpSocket.host" },
		{ NULL, "readinessProbe", "readinessProbe.httpGet.host", "readinessProbe.tcpSocket.host" },
		{ NULL, "startupProbe", "startupProbe.httpGet.host", "startupProbe.tcpSocket.host" },
		{ "lifecycle", "postStart", "lifecycle.postStart.httpGet.host", "lifecycle.postStart.tcpSocket.host" },
		{ "lifecycle", "preStop", "lifecycle.preStop.httpGet.host", "lifecycle.preStop.tcpSocket.host" },
	};
	struct ka_probe_host found[2 * sizeof places / sizeof *places];

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct ka_node *outer = places[i].outer ? ka_dec_object(d, c, places[i].outer) : c;
		const struct ka_node *p = ka_dec_object(d, outer, places[i].inner);
		const char *http = ka_dec_str(d, ka_dec_object(d, p, "httpGet"), "host");
		const char *tcp = ka_dec_str(d, ka_dec_object(d, p, "tcpSocket"), "host");

		if (http)
			found[ret->nprobe_hosts++] = (struct ka_probe_host){ places[i].http, http };
		if (tcp)
			found[ret->nprobe_hosts++] = (struct ka_probe_host){ places[i].tcp, tcp };
	}
	ret->probe_host = ka_arena_copy(d->arena, found, ret->nprobe_hosts * sizeof *found);
}

static void
container(struct ka_decode *d, const struct ka_node *c, const struct ka_podspec *spec, struct ka_container *ret)
{
	const struct ka_node *res = ka_dec_object(d, c, "resources");
	const struct ka_node *limits = ka_dec_object(d, res, "limits");
	const struct ka_node *requests = ka_dec_object(d, res, "requests");
	const char *restart = ka_dec_str(d, c, "restartPolicy");

	ret->sidecar = ret->type == KA_INIT && restart && strcmp(restart, "Always") == 0;
	ret->name = ka_dec_str_or(d, c, "name", "");
	ret->image = ka_dec_str(d, c, "image");
	ret->pull_policy = ka_dec_str(d, c, "imagePullPolicy");
	ret->command = words(d, c, "command");
	ret->args = words(d, c, "args");
	ka_dec_security(d, c, &ret->security);
	env(d, c, ret);
	env_from(d, c, ret);
	mounts(d, c, spec, ret);
	ports(d, c, spec->host_network, ret);
	probe_hosts(d, c, ret);
	ret->cpu_limit = ka_dec_text(d, limits, "cpu");
	ret->memory_limit = ka_dec_text(d, limits, "memory");
	ret->cpu_request = ka_dec_text(d, requests, "cpu");
	ret->memory_request = ka_dec_text(d, requests, "memory");
}

void
ka_dec_containers(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret)
{
	static const char *const keys[] = {
		[KA_INIT] = "initContainers",
		[KA_REGULAR] = "containers",
		[KA_EPHEMERAL] = "ephemeralContainers",
	};
	const struct ka_node *list[3];
	struct ka_container *c;
	size_t max = 0;

	for (int type = KA_INIT; type <= KA_EPHEMERAL; type++) {
		list[type] = ka_dec_array(d, spec, keys[type]);
		max += list[type] ? list[type]->len : 0;
	}
	c = ka_arena_array(d->arena, max, sizeof *c);
	ret->container = c;
	for (int type = KA_INIT; type <= KA_EPHEMERAL; type++) {
		uint16_t index = 0;

		for (const struct ka_node *e = ka_dec_first(d, list[type]); e;
		     e = ka_dec_after(d, list[type], e)) {
			struct ka_container *x = &c[ret->ncontainers++];

			x->type = (enum ka_container_type)type;
			x->index = index++;
			container(d, e, ret, x);
		}
	}
}
