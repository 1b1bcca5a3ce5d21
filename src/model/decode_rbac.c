/* Roles, bindings and service accounts. */
#include <string.h>

#include "model/decode.h"
#include "util/str.h"
#include "util/banned.h"

/* plugin/pkg/auth/authorizer/rbac/bootstrappolicy: what the API server itself creates carries this label. */
static bool
bootstrap(const struct ka_object *obj)
{
	const char *v = ka_kvs_get(obj->labels, "kubernetes.io/bootstrapping");

	return v && strcmp(v, "rbac-defaults") == 0;
}

struct ka_object *
ka_dec_role(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *rules = ka_dec_array(d, root, "rules");
	const struct ka_node *aggregate =
		ka_dec_array(d, ka_dec_object(d, root, "aggregationRule"), "clusterRoleSelectors");
	struct ka_role *role = ka_dec_new(d, sizeof *role);
	struct ka_rule *rule = ka_arena_array(d->arena, rules ? rules->len : 0, sizeof *rule);
	struct ka_selector *sel = ka_arena_array(d->arena, aggregate ? aggregate->len : 0, sizeof *sel);

	for (const struct ka_node *e = ka_dec_first(d, rules); e; e = ka_dec_after(d, rules, e))
		rule[role->nrules++] = (struct ka_rule){
			.verbs = ka_dec_strs(d, e, "verbs"),
			.groups = ka_dec_strs(d, e, "apiGroups"),
			.resources = ka_dec_strs(d, e, "resources"),
			.names = ka_dec_strs(d, e, "resourceNames"),
			.urls = ka_dec_strs(d, e, "nonResourceURLs"),
		};
	for (const struct ka_node *e = ka_dec_first(d, aggregate); e; e = ka_dec_after(d, aggregate, e)) {
		const struct ka_selector *one = ka_dec_selector_node(d, e);

		sel[role->naggregate++] = *one;
	}
	role->rule = rule;
	role->aggregate = sel;
	role->bootstrap = bootstrap(&role->obj);
	return &role->obj;
}

static void
subject(struct ka_decode *d, const struct ka_node *e, const struct ka_binding *b, struct ka_subject *s)
{
	static const struct {
		const char *name;
		enum ka_subject_kind kind;
	} subject_kinds[] = {
		{ "User", KA_SUBJECT_USER },
		{ "Group", KA_SUBJECT_GROUP },
		{ "ServiceAccount", KA_SUBJECT_SERVICEACCOUNT },
	};

	s->kind = KA_SUBJECT_UNKNOWN;
	s->kind_name = ka_dec_str_or(d, e, "kind", "");
	s->name = ka_dec_str_or(d, e, "name", "");
	for (size_t i = 0; i < sizeof subject_kinds / sizeof *subject_kinds; i++)
		if (strcmp(s->kind_name, subject_kinds[i].name) == 0)
			s->kind = subject_kinds[i].kind;
	if (s->kind != KA_SUBJECT_SERVICEACCOUNT)
		return;
	s->namespace = ka_dec_str(d, e, "namespace");
	/* pkg/registry/rbac/validation/rule.go appliesToUser: only a RoleBinding has a namespace to fall back on. */
	if (!s->namespace && b->obj.kind == KA_ROLEBINDING)
		s->namespace = b->obj.namespace;
}

static int64_t
created(struct ka_decode *d, const struct ka_node *root)
{
	struct ka_arena_mark mark = ka_arena_mark(d->arena);
	const char *text = ka_dec_copy(d, ka_dec_object(d, root, "metadata"), "creationTimestamp");
	int64_t ret = 0;

	if (text && !ka_time_parse(text, &ret))
		ret = 0;
	ka_arena_release(d->arena, mark);
	return ret;
}

struct ka_object *
ka_dec_binding(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *ref = ka_dec_object(d, root, "roleRef");
	const struct ka_node *subjects = ka_dec_array(d, root, "subjects");
	struct ka_binding *b = ka_dec_new(d, sizeof *b);
	struct ka_subject *s = ka_arena_array(d->arena, subjects ? subjects->len : 0, sizeof *s);

	b->role_group = ka_dec_str(d, ref, "apiGroup");
	b->role_kind = ka_dec_str_or(d, ref, "kind", "");
	b->role_name = ka_dec_str_or(d, ref, "name", "");
	for (const struct ka_node *e = ka_dec_first(d, subjects); e; e = ka_dec_after(d, subjects, e))
		subject(d, e, b, &s[b->nsubjects++]);
	b->subject = s;
	b->bootstrap = bootstrap(&b->obj);
	b->created = created(d, root);
	return &b->obj;
}

static struct ka_strs
names(struct ka_decode *d, const struct ka_node *root, const char *key)
{
	const struct ka_node *arr = ka_dec_array(d, root, key);
	const char **v = ka_arena_array(d->arena, arr ? arr->len : 0, sizeof *v);
	struct ka_strs list = { 0, v };

	for (const struct ka_node *e = ka_dec_first(d, arr); e; e = ka_dec_after(d, arr, e)) {
		const char *name = ka_dec_str(d, e, "name");

		if (name)
			v[list.n++] = name;
	}
	return list;
}

struct ka_object *
ka_dec_serviceaccount(struct ka_decode *d, const struct ka_node *root)
{
	struct ka_serviceaccount *sa = ka_dec_new(d, sizeof *sa);

	sa->automount_token = ka_dec_tri(d, root, "automountServiceAccountToken");
	sa->secrets = names(d, root, "secrets");
	sa->pull_secrets = names(d, root, "imagePullSecrets");
	return &sa->obj;
}
