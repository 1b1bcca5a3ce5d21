/* Admission webhooks and policies. */
#include "model/decode.h"
#include "util/banned.h"

static const struct ka_admission_rule *
rules(struct ka_decode *d, const struct ka_node *parent, const char *key, size_t *ret_n)
{
	const struct ka_node *list = ka_dec_array(d, parent, key);
	struct ka_admission_rule *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e))
		v[(*ret_n)++] = (struct ka_admission_rule){
			.operations = ka_dec_strs(d, e, "operations"),
			.groups = ka_dec_strs(d, e, "apiGroups"),
			.versions = ka_dec_strs(d, e, "apiVersions"),
			.resources = ka_dec_strs(d, e, "resources"),
			.names = ka_dec_strs(d, e, "resourceNames"),
			.scope = ka_dec_str(d, e, "scope"),
		};
	return v;
}

static size_t
count(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *list = ka_dec_array(d, parent, key);

	return list ? list->len : 0;
}

struct ka_object *
ka_dec_webhook_config(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *list = ka_dec_array(d, root, "webhooks");
	struct ka_webhook_config *c = ka_dec_new(d, sizeof *c);
	struct ka_webhook *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	c->hook = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *client = ka_dec_object(d, e, "clientConfig");
		const struct ka_node *service = ka_dec_object(d, client, "service");
		struct ka_webhook *h = &v[c->nhooks++];

		h->name = ka_dec_str_or(d, e, "name", "");
		h->failure_policy = ka_dec_str_or(d, e, "failurePolicy", "Fail");
		h->url = ka_dec_str(d, client, "url");
		h->service_namespace = ka_dec_str(d, service, "namespace");
		h->service_name = ka_dec_str(d, service, "name");
		h->namespaces = ka_dec_selector_or_all(d, e, "namespaceSelector");
		h->objects = ka_dec_selector_or_all(d, e, "objectSelector");
		h->rule = rules(d, e, "rules", &h->nrules);
		h->nconditions = count(d, e, "matchConditions");
		h->timeout = ka_dec_int(d, e, "timeoutSeconds");
	}
	return &c->obj;
}

static void
match(struct ka_decode *d, const struct ka_node *m, struct ka_admission_match *ret)
{
	ret->namespaces = ka_dec_selector_or_all(d, m, "namespaceSelector");
	ret->objects = ka_dec_selector_or_all(d, m, "objectSelector");
	ret->rule = rules(d, m, "resourceRules", &ret->nrules);
	ret->excluded = rules(d, m, "excludeResourceRules", &ret->nexcluded);
}

struct ka_object *
ka_dec_admission_policy(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	struct ka_admission_policy *p = ka_dec_new(d, sizeof *p);

	p->failure_policy = ka_dec_str_or(d, spec, "failurePolicy", "Fail");
	match(d, ka_dec_object(d, spec, "matchConstraints"), &p->match);
	p->nvalidations = count(d, spec, "validations") + count(d, spec, "mutations");
	p->nconditions = count(d, spec, "matchConditions");
	p->has_params = ka_dec_object(d, spec, "paramKind") != NULL;
	return &p->obj;
}

struct ka_object *
ka_dec_admission_binding(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	struct ka_admission_binding *b = ka_dec_new(d, sizeof *b);

	b->policy = ka_dec_str(d, spec, "policyName");
	b->actions = ka_dec_strs(d, spec, "validationActions");
	match(d, ka_dec_object(d, spec, "matchResources"), &b->match);
	return &b->obj;
}
