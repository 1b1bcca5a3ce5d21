#include "engine/role.h"

#include <stdbool.h>
#include <string.h>

#include "source/facts.h"
#include "source/plan.h"

#include "util/banned.h"

enum { WIDTH = 98 };
#define ALL_KINDS ((KA_BIT(KA_OTHER) << 1) - 1)

struct role {
	struct ka_out *out;
	const struct ka_selection *selection;
	ka_kinds needed;       /* by the checks selected; all, when nothing is */
	const char *namespace; /* of a Role; NULL: a ClusterRole */
	size_t rules;
};

/* ---- comments ----------------------------------------------------------------------------------------- */

/* Words behind "  # ", broken into lines. */
struct comment {
	struct ka_out *out;
	const char *indent;
	size_t col;
};

static void
word(struct comment *c, const char *s, const char *behind)
{
	size_t len = strlen(s) + strlen(behind);

	if (c->col && c->col + 1 + len > WIDTH) {
		ka_out_char(c->out, '\n');
		c->col = 0;
	}
	ka_out_str(c->out, c->col ? " " : c->indent);
	c->col += c->col ? 1 : strlen(c->indent);
	ka_out_str(c->out, s);
	ka_out_str(c->out, behind);
	c->col += len;
}

static void
words(struct comment *c, const char *s)
{
	char one[128];

	while (*s) {
		size_t len = strcspn(s, " ");

		if (len >= sizeof one)
			len = sizeof one - 1;
		memcpy(one, s, len);
		one[len] = '\0';
		word(c, one, "");
		s += len + (s[len] == ' ');
	}
}

static void
end_comment(struct comment *c)
{
	if (c->col)
		ka_out_char(c->out, '\n');
	c->col = 0;
}

static bool
serves(const struct role *r, const struct ka_check *check, ka_kinds kinds)
{
	return ((check->scope | check->needs) & kinds) && ka_selected(r->selection, check);
}

static size_t
count_checks(const struct role *r, ka_kinds kinds)
{
	size_t n = 0;

	for (const struct ka_check_set *const *set = r->selection->catalog.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			n += serves(r, &(*set)->check[i], kinds);
	return n;
}

static void
name_checks(const struct role *r, struct comment *c, ka_kinds kinds)
{
	size_t n = count_checks(r, kinds);

	if (!n)
		words(c, "no check: for snapshots");
	for (const struct ka_check_set *const *set = r->selection->catalog.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			if (serves(r, &(*set)->check[i], kinds))
				word(c, (*set)->check[i].key, --n ? "," : "");
}

/* Over a rule: what it is for. */
static void
explain(const struct role *r, ka_kinds kinds, const char *note)
{
	struct comment c = { r->out, "  # ", 0 };

	if (note) {
		words(&c, note);
		end_comment(&c);
	}
	if (kinds)
		name_checks(r, &c, kinds);
	end_comment(&c);
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

static void
head(struct role *r, const char *kind, const char *name)
{
	r->rules = 0;
	ka_out_fmt(r->out, "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata:\n  name: %s\n", kind, name);
	if (r->namespace)
		ka_out_fmt(r->out, "  namespace: \"%s\"\n", r->namespace);
}

/* The key comes with the first rule: a role without any has an empty list. */
static void
begin_rules(struct role *r)
{
	if (!r->rules++)
		ka_out_str(r->out, "rules:\n");
}

static bool
in_scope(const struct role *r, const struct ka_ask *ask)
{
	if (!(r->needed & KA_BIT(ask->kind)))
		return false;
	if (!r->namespace)
		return true;
	return ask->kind == KA_OTHER ? !ask->cluster_wide : ka_kind_info(ask->kind)->namespaced;
}

/* Whom to ask for their configuration, the nodes tell. */
static ka_kinds
kinds_of(const struct ka_ask *ask)
{
	return KA_BIT(ask->kind) | (ask->kind == KA_NODE ? KA_BIT(KA_KUBELETCONFIG) : 0);
}

static const char *
note_of(const struct ka_ask *ask)
{
	static const char secrets[] = "Only metadata is asked for, never a value; RBAC knows no right to that alone.";
	static const char custom[] = "Where it is served.";

	return ask->kind == KA_SECRET ? secrets : ask->kind == KA_OTHER ? custom : NULL;
}

static bool
same_checks(const struct role *r, ka_kinds a, ka_kinds b)
{
	for (const struct ka_check_set *const *set = r->selection->catalog.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			if (serves(r, &(*set)->check[i], a) != serves(r, &(*set)->check[i], b))
				return false;
	return true;
}

/* Rows of one group that follow each other and serve the same checks share a rule; so do both lists of Secrets. */
static size_t
same_rule(const struct role *r, const struct ka_ask *ask, size_t n)
{
	size_t i = 1;

	while (i < n && strcmp(ask[i].group, ask->group) == 0 && note_of(&ask[i]) == note_of(ask) &&
	       same_checks(r, kinds_of(&ask[i]), kinds_of(ask)))
		i++;
	return i;
}

static void
list_rule(struct role *r, const struct ka_ask *ask, size_t n)
{
	const char *before = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!in_scope(r, &ask[i]) || (before && strcmp(before, ask[i].resource) == 0))
			continue;
		if (!before) {
			begin_rules(r);
			explain(r, kinds_of(ask), note_of(ask));
			ka_out_fmt(r->out, "  - apiGroups: [\"%s\"]\n    resources: [", ask->group);
		}
		ka_out_fmt(r->out, "%s\"%s\"", before ? ", " : "", ask[i].resource);
		before = ask[i].resource;
	}
	if (before)
		ka_out_str(r->out, "]\n    verbs: [\"list\"]\n");
}

static void
list_rules(struct role *r)
{
	size_t n, step;
	const struct ka_ask *ask = ka_asks(&n);

	for (size_t i = 0; i < n; i += step) {
		step = same_rule(r, &ask[i], n - i);
		list_rule(r, &ask[i], step);
	}
}

static void
url_rule(struct role *r, enum ka_kind kind, const char *note)
{
	size_t n, urls = 0;
	const struct ka_fact_ask *ask = ka_fact_asks(&n);

	begin_rules(r);
	explain(r, kind == KA_OTHER ? 0 : KA_BIT(kind), note);
	ka_out_str(r->out, "  - nonResourceURLs: [");
	for (size_t i = 0; i < n; i++)
		if (ask[i].kind == kind && ask[i].url)
			ka_out_fmt(r->out, "%s\"%s\"", urls++ ? ", " : "", ask[i].url);
	ka_out_str(r->out, "]\n    verbs: [\"get\"]\n");
}

static void
node_rule(struct role *r, const char *resource, const char *note)
{
	begin_rules(r);
	explain(r, KA_BIT(KA_KUBELETCONFIG), note);
	ka_out_fmt(r->out, "  - apiGroups: [\"\"]\n    resources: [\"%s\"]\n    verbs: [\"get\"]\n", resource);
}

/* ---- roles --------------------------------------------------------------------------------------------- */

static void
cluster_role(struct role *r)
{
	ka_out_str(r->out, "# What kassay asks an API server for; get and list, nothing else.  To bind it:\n"
			   "#   kubectl create clusterrolebinding kassay --clusterrole=kassay --serviceaccount=NAMESPACE:NAME\n");
	head(r, "ClusterRole", "kassay");
	url_rule(r, KA_OTHER, "What is served, and the server's version: for all checks.");
	list_rules(r);
	if (r->needed & KA_BIT(KA_APIMETRICS))
		url_rule(r, KA_APIMETRICS, "Optional: which transformers wrote what is stored.");
	if (!(r->needed & KA_BIT(KA_KUBELETCONFIG)))
		return;
	node_rule(r, "nodes/configz",
		  "Optional: asked of each kubelet on its port 10250, when the API server may not be asked for it; "
		  "before Kubernetes 1.33 kubelets know no such right.");
	ka_out_str(r->out, "---\n"
			   "# Optional: the same by way of the API server, which reaches kubelets that kassay does not.  This\n"
			   "# right lets its holder do more than read: the kubelet runs commands in pods for it.  Do not bind\n"
			   "# it to what must not have that; without it checks of kubelets may be unknown.\n"
			   "#   kubectl create clusterrolebinding kassay-kubelets --clusterrole=kassay-kubelets "
			   "--serviceaccount=NAMESPACE:NAME\n");
	head(r, "ClusterRole", "kassay-kubelets");
	node_rule(r, "nodes/proxy", NULL);
}

/* Kinds of which a Role can give nothing, though checks want them. */
static void
name_lost(const struct role *r)
{
	struct comment c = { r->out, "# ", 0 };
	ka_kinds lost = 0;

	for (unsigned k = 0; k < KA_OTHER; k++)
		if ((r->needed & KA_BIT(k)) && !ka_kind_info((enum ka_kind)k)->namespaced && k != KA_NAMESPACE &&
		    k != KA_NODEFILES && k != KA_APIENDPOINT)
			lost |= KA_BIT(k);
	if (!lost)
		return;
	words(&c, "No Role can give what has no namespace:");
	for (unsigned k = 0; lost >> k; k++)
		if (lost & KA_BIT(k))
			word(&c, ka_kind_info((enum ka_kind)k)->kind, lost >> k == 1 ? "." : ",");
	end_comment(&c);
	if (!count_checks(r, lost))
		return;
	words(&c, "These miss it:");
	name_checks(r, &c, lost);
	end_comment(&c);
}

static void
namespace_role(struct role *r)
{
	ka_out_fmt(r->out, "# To bind it:\n"
			   "#   kubectl create rolebinding kassay -n %s --role=kassay --serviceaccount=NAMESPACE:NAME\n",
		   r->namespace);
	head(r, "Role", "kassay");
	if (r->needed & KA_BIT(KA_NAMESPACE)) {
		begin_rules(r);
		explain(r, KA_BIT(KA_NAMESPACE), NULL);
		ka_out_fmt(r->out, "  - apiGroups: [\"\"]\n    resources: [\"namespaces\"]\n    resourceNames: [\"%s\"]\n"
				   "    verbs: [\"get\"]\n",
			   r->namespace);
	}
	list_rules(r);
	if (!r->rules)
		ka_out_str(r->out, "rules: []\n");
}

static ka_kinds
needed_by(const struct ka_selection *s)
{
	ka_kinds kinds = 0;

	if (!s->nchecks && !s->nbenches)
		return ALL_KINDS;
	for (const struct ka_check_set *const *set = s->catalog.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			if (ka_selected(s, &(*set)->check[i]))
				kinds |= (*set)->check[i].scope | (*set)->check[i].needs;
	if (kinds & KA_BIT(KA_KUBELETCONFIG))
		kinds |= KA_BIT(KA_NODE);
	return kinds;
}

void
ka_role_write(struct ka_out *out, const struct ka_selection *selection, const struct ka_strs *namespaces)
{
	struct role r = { .out = out, .selection = selection, .needed = needed_by(selection) };

	if (!namespaces->n) {
		cluster_role(&r);
		return;
	}
	name_lost(&r);
	for (size_t i = 0; i < namespaces->n; i++) {
		r.namespace = namespaces->v[i];
		if (i)
			ka_out_str(out, "---\n");
		namespace_role(&r);
	}
}
