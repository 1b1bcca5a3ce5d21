/* The content of a pod spec as 128 bits, so that equal specs are kept once. */
#include "model/decode_pod.h"
#include "util/banned.h"

static void
ptr(struct ka_hash128 *h, const char *s)
{
	ka_hash128_feed_ptr(h, s);
}

static void
num(struct ka_hash128 *h, uint64_t n)
{
	ka_hash128_feed(h, n);
}

static void
optint(struct ka_hash128 *h, struct ka_optint i)
{
	num(h, i.set);
	num(h, (uint64_t)i.v);
}

static void
strs(struct ka_hash128 *h, const struct ka_strs *list)
{
	num(h, list->n);
	for (size_t i = 0; i < list->n; i++)
		ptr(h, list->v[i]);
}

static void
profile(struct ka_hash128 *h, const struct ka_profile *p)
{
	ptr(h, p->type);
	ptr(h, p->localhost);
}

static void
security(struct ka_hash128 *h, const struct ka_security *s)
{
	num(h, (uint64_t)s->set | (uint64_t)s->privileged << 8 |
		       (uint64_t)s->allow_privilege_escalation << 16 |
		       (uint64_t)s->read_only_root << 24 | (uint64_t)s->run_as_non_root << 32 |
		       (uint64_t)s->windows_host_process << 40 | (uint64_t)s->selinux.set << 48);
	ptr(h, s->windows_gmsa);
	ptr(h, s->windows_run_as_user);
	ptr(h, s->proc_mount);
	optint(h, s->run_as_user);
	optint(h, s->run_as_group);
	strs(h, &s->caps.add);
	strs(h, &s->caps.drop);
	profile(h, &s->seccomp);
	profile(h, &s->apparmor);
	ptr(h, s->selinux.user);
	ptr(h, s->selinux.role);
	ptr(h, s->selinux.type);
	ptr(h, s->selinux.level);
}

static void
environment(struct ka_hash128 *h, const struct ka_container *c)
{
	num(h, c->nenv);
	for (size_t i = 0; i < c->nenv; i++) {
		const struct ka_env *e = &c->env[i];

		ptr(h, e->name);
		num(h, (uint64_t)e->from | (uint64_t)e->optional << 8);
		ptr(h, e->value);
		ptr(h, e->secret);
		ptr(h, e->ref);
		ptr(h, e->key);
	}
	num(h, c->nenv_from);
	for (size_t i = 0; i < c->nenv_from; i++) {
		num(h, (uint64_t)c->env_from[i].from | (uint64_t)c->env_from[i].optional << 8);
		ptr(h, c->env_from[i].ref);
		ptr(h, c->env_from[i].prefix);
	}
}

static void
container(struct ka_hash128 *h, const struct ka_container *c)
{
	num(h, (uint64_t)c->type | (uint64_t)c->index << 8 | (uint64_t)c->sidecar << 32);
	ptr(h, c->name);
	ptr(h, c->image);
	ptr(h, c->pull_policy);
	strs(h, &c->command);
	strs(h, &c->args);
	security(h, &c->security);
	environment(h, c);
	num(h, c->nmounts);
	for (size_t i = 0; i < c->nmounts; i++) {
		ptr(h, c->mount[i].volume);
		ptr(h, c->mount[i].path);
		ptr(h, c->mount[i].sub_path);
		ptr(h, c->mount[i].propagation);
		num(h, c->mount[i].read_only);
	}
	num(h, c->nports);
	for (size_t i = 0; i < c->nports; i++) {
		ptr(h, c->port[i].name);
		ptr(h, c->port[i].protocol);
		ptr(h, c->port[i].host_ip);
		num(h, (uint64_t)c->port[i].port << 16 | c->port[i].host_port);
	}
	num(h, c->nprobe_hosts);
	for (size_t i = 0; i < c->nprobe_hosts; i++) {
		ptr(h, c->probe_host[i].path);
		ptr(h, c->probe_host[i].host);
	}
	ptr(h, c->cpu_limit);
	ptr(h, c->memory_limit);
	ptr(h, c->cpu_request);
	ptr(h, c->memory_request);
}

static void
volume(struct ka_hash128 *h, const struct ka_volume *v)
{
	ptr(h, v->name);
	ptr(h, v->type);
	ptr(h, v->path);
	ptr(h, v->path_type);
	ptr(h, v->ref);
	num(h, v->ntokens);
	for (size_t i = 0; i < v->ntokens; i++) {
		ptr(h, v->token[i].audience);
		ptr(h, v->token[i].path);
		optint(h, v->token[i].expiration);
	}
	strs(h, &v->secrets);
	strs(h, &v->configmaps);
}

struct ka_hash128
ka_podspec_hash(const struct ka_podspec *s)
{
	struct ka_hash128 h = ka_hash128_start();

	num(&h, (uint64_t)s->host_network | (uint64_t)s->host_pid << 1 |
			(uint64_t)s->host_ipc << 2 | (uint64_t)s->share_process_namespace << 3 |
			(uint64_t)s->host_users << 8 | (uint64_t)s->automount_token << 16 |
			(uint64_t)s->service_account_given << 24);
	ptr(&h, s->service_account);
	ptr(&h, s->runtime_class);
	ptr(&h, s->os);
	ptr(&h, s->scheduler);
	security(&h, &s->security);
	optint(&h, s->fs_group);
	num(&h, s->nhost_aliases);
	num(&h, s->nsupplemental);
	for (size_t i = 0; i < s->nsupplemental; i++)
		num(&h, (uint64_t)s->supplemental[i]);
	num(&h, s->nsysctls);
	for (size_t i = 0; i < s->nsysctls; i++) {
		ptr(&h, s->sysctl[i].name);
		ptr(&h, s->sysctl[i].value);
	}
	num(&h, s->nvolumes);
	for (size_t i = 0; i < s->nvolumes; i++)
		volume(&h, &s->volume[i]);
	num(&h, s->ncontainers);
	for (size_t i = 0; i < s->ncontainers; i++)
		container(&h, &s->container[i]);
	strs(&h, &s->pull_secrets);
	ka_hash128_feed_ptr(&h, s->annotations);
	return h;
}
