#include <kassay/rightsize.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define DAY INT64_C(86400000000)
#define BOT "system:serviceaccount:shop:bot"
#define READS "'get', 'list', 'watch'"

static struct ka_span
sp(const char *s)
{
	return (struct ka_span){ s ? s : "", s ? strlen(s) : 0 };
}

/* One line of a log: "VERB GROUP RESOURCE[/SUB] NAMESPACE NAME", - for what is empty, or "VERB /URL". */
struct line {
	const char *user, *request;
	bool denied;
	const char *group; /* of the user */
};

static const char *
word(char **rest)
{
	char *w = *rest, *space = w ? strchr(w, ' ') : NULL;

	if (space)
		*space = '\0';
	*rest = space ? space + 1 : NULL;
	return w && strcmp(w, "-") != 0 ? w : "";
}

static void
add_line(struct ka_usage *u, const struct line *l, uint32_t number, int64_t time)
{
	char text[256], *rest = text, *slash;
	struct ka_event e = { .stage = KA_STAGE_COMPLETE, .level = KA_LEVEL_METADATA, .time = time, .line = number };

	snprintf(text, sizeof text, "%s", l->request);
	e.decision = l->denied ? KA_DECISION_FORBID : KA_DECISION_ALLOW;
	e.code = l->denied ? 403 : 200;
	e.user = sp(l->user);
	e.verb = sp(word(&rest));
	e.id = e.impersonated = e.api_group = e.resource = e.subresource = e.namespace = e.name = e.path = sp("");
	e.query = sp("");
	e.reason = sp(l->denied ? "" : "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group \"g\"");
	if (l->group)
		e.group[e.ngroups++] = sp(l->group);
	if (*rest == '/') {
		e.path = sp(word(&rest));
	} else {
		char *resource;

		e.resource_request = true;
		e.api_group = sp(word(&rest));
		resource = rest;
		e.resource = sp(word(&rest));
		slash = strchr(resource, '/');
		if (slash) {
			*slash = '\0';
			e.resource = sp(resource);
			e.subresource = sp(slash + 1);
		}
		e.namespace = sp(word(&rest));
		e.name = sp(word(&rest));
	}
	assert_int_equal(ka_usage_event(u, &e), 0);
}

struct sized {
	struct world w;
	struct ka_usage *u;
	struct ka_rightsizer *r;
	struct ka_rightsize size;
};

/* A log of 40 days, in which somebody else reads something, of the lines. */
static struct sized
size_with(const char *text, const struct line *line, struct ka_subject subject, unsigned how)
{
	static const struct line others[] = { { .user = "zoe", .request = "list - pods - -" } };
	struct sized s = { .w = world(text), .u = ka_usage_new() };
	struct ka_rightsize_opts opts = KA_RIGHTSIZE_OPTS_DEFAULT;
	uint32_t n = 1;

	opts.generalize = how;
	for (int hour = 0; hour < 40 * 24; hour++)
		add_line(s.u, others, 0, DAY * 100 + DAY / 24 * hour);
	for (; line->user; line++, n++)
		add_line(s.u, line, n, DAY * 101 + n);
	ka_usage_end(s.u);
	s.r = ka_rightsizer_new(s.w.g, s.w.rbac, s.u, &opts);
	ka_rightsize(s.r, &subject, &s.size);
	return s;
}

static void
done(struct sized *s)
{
	ka_rightsize_release(&s->size);
	ka_rightsizer_free(s->r);
	ka_usage_free(s->u);
	end(&s->w);
}

static const struct ka_subject bot = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "bot" };

/* "NAMESPACE: RULE; RULE | NAMESPACE: RULE" of the new roles. */
static void
rules_are(const struct ka_rightsize *size, const char *expected)
{
	char text[4096] = "", buf[256];

	for (size_t i = 0; i < size->nroles; i++) {
		const struct ka_new_role *role = &size->role[i];

		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s: ", i ? " | " : "",
			 role->namespace ? role->namespace : "*");
		for (size_t k = 0; k < role->n; k++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", k ? "; " : "",
				 ka_rule_text(&role->rule[k].rule, buf));
	}
	assert_string_equal(text, expected);
}

/* What holds of every proposal. */
static void
proved(const struct ka_rightsize *size)
{
	assert_true(size->covered);
	assert_int_equal(size->after, size->before - size->inexpressible);
	assert_int_equal(size->denied_after, 0);
	if (!size->inexpressible)
		assert_null(size->broken);
	for (size_t i = 0; i < size->nroles; i++)
		for (size_t k = 0; k < size->role[i].n; k++)
			assert_true(size->role[i].rule[k].needs || size->role[i].rule[k].widened);
}

/* ---- the rules ---- */

#define EVERYTHING                                                                                                        \
	CLUSTERROLE("all", RULE("'*'", "'*'", "'*'") ", " URL_RULE("'*'", "'*'")) CRB("all", "all", ACCOUNT("shop", "bot"))
#define RBAC_GROUP "rbac.authorization.k8s.io"
#define DID(who, what) { .user = who, .request = what }
#define END { .user = NULL }

static void
smallest_rules(void **state)
{
	static const struct {
		const char *world;
		struct line line[12];
		unsigned how;
		const char *rules;
	} cases[] = {
		{ EVERYTHING, { DID(BOT, "get - pods shop a"), END }, 0, "shop: get on pods named a" },
		{ EVERYTHING, { DID(BOT, "list - pods shop -"), DID(BOT, "get - pods dev a"), END }, 0,
		  "dev: get on pods named a | shop: list on pods" },
		/* all namespaces at once, and one of them */
		{ EVERYTHING, { DID(BOT, "list - pods - -"), DID(BOT, "list - pods shop -"), DID(BOT, "get - pods shop a"), END }, 0,
		  "*: list on pods | shop: get on pods named a" },
		/* no namespace, and URLs */
		{ EVERYTHING, { DID(BOT, "get - nodes - n1"), DID(BOT, "get /metrics"), DID(BOT, "get /healthz"), END }, 0,
		  "*: get on nodes named n1; get on URLs /healthz, /metrics" },
		/* one Namespace object is in itself */
		{ EVERYTHING, { DID(BOT, "get - namespaces shop shop"), END }, 0, "shop: get on namespaces named shop" },
		/* names, resources and verbs come together, and nothing more */
		{ EVERYTHING, { DID(BOT, "get - secrets shop a"), DID(BOT, "get - secrets shop b"), END }, 0,
		  "shop: get on secrets named a, b" },
		{ EVERYTHING, { DID(BOT, "get - secrets shop a"), DID(BOT, "delete - secrets shop b"), END }, 0,
		  "shop: get on secrets named a; delete on secrets named b" },
		{ EVERYTHING, { DID(BOT, "list - pods shop -"), DID(BOT, "watch - pods shop -"), DID(BOT, "list - services shop -"),
				DID(BOT, "watch - services shop -"), DID(BOT, "list apps deployments shop -"), END }, 0,
		  "shop: list, watch on pods, services; list on deployments in apps" },
		{ EVERYTHING, { DID(BOT, "get - pods/log shop a"), DID(BOT, "create - pods/exec shop a"), END }, 0,
		  "shop: create on pods/exec named a; get on pods/log named a" },
		/* create of a whole object has no name */
		{ EVERYTHING, { DID(BOT, "create - pods shop a"), DID(BOT, "deletecollection - pods shop -"), END }, 0,
		  "shop: create, deletecollection on pods" },
		/* refused */
		{ EVERYTHING, { { BOT, "get - pods shop a", .denied = true }, END }, 0, "" },
		/* of other people, and by other grants */
		{ EVERYTHING, { DID("ann", "get - pods shop a"), END }, 0, "" },
		{ EVERYTHING CLUSTERROLE("v", RULE("''", "'pods'", READS))
		  RB("shop", "g", "ClusterRole", "v", GROUP("system:serviceaccounts:shop")),
		  { DID(BOT, "get - pods shop a"), DID(BOT, "get - pods dev a"), END }, 0, "dev: get on pods named a" },
		/* a binding that names it and its group keeps the group */
		{ CLUSTERROLE("v", RULE("''", "'pods'", READS))
		  RB("shop", "g", "ClusterRole", "v", ACCOUNT("shop", "bot") ", " GROUP("system:serviceaccounts")),
		  { DID(BOT, "get - pods shop a"), END }, 0, "" },
		/* what today's RBAC does not allow */
		{ ROLE("shop", "v", RULE("''", "'pods'", "'get'")) RB("shop", "v", "Role", "v", ACCOUNT("shop", "bot")),
		  { DID(BOT, "get - pods shop a"), DID(BOT, "list - pods shop -"), DID(BOT, "get - pods dev a"), END }, 0,
		  "shop: get on pods named a" },
		/* as a user of that name */
		{ ROLE("shop", "v", RULE("''", "'pods'", "'get'")) RB("shop", "v", "Role", "v", USER(BOT)),
		  { DID(BOT, "get - pods shop a"), END }, 0, "shop: get on pods named a" },
		/* a rule would be a wildcard */
		{ EVERYTHING, { DID(BOT, "get /logs/*"), DID(BOT, "get - * shop -"), DID(BOT, "list - pods shop -"), END }, 0,
		  "shop: list on pods" },

		/* the server adds this group, so nobody can tell whether it was named */
		{ EVERYTHING, { DID(BOT, "impersonate - groups - devs"), DID(BOT, "impersonate - users - ann"), END }, 0,
		  "*: impersonate on groups named devs, system:authenticated; impersonate on users named ann" },

		/* what the server asks beside the request is not in the log */
		{ EVERYTHING, { DID(BOT, "create " RBAC_GROUP " rolebindings shop -"), DID(BOT, "update " RBAC_GROUP " roles shop a"), END }, 0,
		  "shop: bind on clusterroles, roles in " RBAC_GROUP "; create on rolebindings in " RBAC_GROUP
		  "; update, escalate on roles in " RBAC_GROUP " named a" },
		{ CLUSTERROLE("some", RULE("'" RBAC_GROUP "'", "'*'", "'create', 'patch', 'get'") ", "
			      NAMED_RULE("'" RBAC_GROUP "'", "'clusterroles'", "'bind'", "'view', 'edit'")) CRB("some", "some", ACCOUNT("shop", "bot")),
		  { DID(BOT, "patch " RBAC_GROUP " clusterrolebindings - x"), END }, 0,
		  "*: patch on clusterrolebindings in " RBAC_GROUP " named x; bind on clusterroles in " RBAC_GROUP
		  " named edit, view" },
		{ EVERYTHING, { DID(BOT, "patch certificates.k8s.io certificatesigningrequests/approval - x"), END }, 0,
		  "*: patch on certificatesigningrequests/approval in certificates.k8s.io named x; approve on signers in "
		  "certificates.k8s.io" },

		{ EVERYTHING, { DID(BOT, "list - pods shop -"), END }, KA_GENERALIZE_INFORMER, "shop: get, list, watch on pods" },
		{ EVERYTHING, { DID(BOT, "get - pods shop a"), END }, KA_GENERALIZE_INFORMER,
		  "shop: get, list, watch on pods named a" },
		{ ROLE("shop", "v", RULE("''", "'pods'", "'get', 'list'")) RB("shop", "v", "Role", "v", ACCOUNT("shop", "bot")),
		  { DID(BOT, "list - pods shop -"), END }, KA_GENERALIZE_INFORMER, "shop: get, list on pods" },
		{ EVERYTHING, { DID(BOT, "patch apps deployments shop a"), END }, KA_GENERALIZE_APPLY,
		  "shop: create on deployments in apps; get, patch on deployments in apps named a" },
		{ EVERYTHING, { DID(BOT, "patch apps deployments/scale shop a"), END }, KA_GENERALIZE_APPLY,
		  "shop: patch on deployments/scale in apps named a" },
		{ EVERYTHING, { DID(BOT, "get - secrets shop a"), DID(BOT, "get - secrets shop b"), DID(BOT, "get - pods shop a"), END },
		  KA_GENERALIZE_NAMES, "shop: get on pods named a; get on secrets" },
		{ ROLE("shop", "v", NAMED_RULE("''", "'secrets'", "'get'", "'a', 'b', 'c'"))
		  RB("shop", "v", "Role", "v", ACCOUNT("shop", "bot")),
		  { DID(BOT, "get - secrets shop a"), DID(BOT, "get - secrets shop b"), END }, KA_GENERALIZE_NAMES,
		  "shop: get on secrets named a, b" },
		{ EVERYTHING, { DID(BOT, "list - pods shop -"), DID(BOT, "list - pods dev -"), DID(BOT, "list - secrets dev -"), END },
		  KA_GENERALIZE_NAMESPACES, "*: list on pods | dev: list on secrets" },
		{ CLUSTERROLE("v", RULE("''", "'pods'", READS)) RB("shop", "v", "ClusterRole", "v", ACCOUNT("shop", "bot"))
		  RB("dev", "v", "ClusterRole", "v", ACCOUNT("shop", "bot")),
		  { DID(BOT, "list - pods shop -"), DID(BOT, "list - pods dev -"), END }, KA_GENERALIZE_NAMESPACES,
		  "dev: list on pods | shop: list on pods" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sized s = size_with(cases[i].world, cases[i].line, bot, cases[i].how);

		rules_are(&s.size, cases[i].rules);
		proved(&s.size);
		done(&s);
	}
}

static void
groups_of_the_log_count_for_users(void **state)
{
	static const struct line lines[] = { { "ann", "get - pods shop a", .group = "devs" },
					     { "ann", "get - pods dev a", .group = "devs" }, END };
	static const struct ka_subject ann = { KA_SUBJECT_USER, "User", NULL, "ann" };
	struct sized s = size_with(CLUSTERROLE("v", RULE("''", "'pods'", READS)) CRB("v", "v", USER("ann"))
					   RB("shop", "d", "ClusterRole", "v", GROUP("devs")),
				   lines, ann, 0);

	(void)state;
	rules_are(&s.size, "dev: get on pods named a");
	assert_int_equal(s.size.by_groups, 1);
	assert_int_equal(s.size.requests, 2);
	assert_string_equal(s.size.role->name, "kassay-user-ann");
	proved(&s.size);
	done(&s);
}

static void
a_group_uses_what_its_members_use(void **state)
{
	static const struct line lines[] = { { "ann", "get - pods shop a", .group = "devs" },
					     { "bob", "list - pods dev -", .group = "devs" },
					     { "eve", "delete - pods dev a", .group = "ops" }, END };
	static const struct ka_subject devs = { KA_SUBJECT_GROUP, "Group", NULL, "devs" };
	struct sized s = size_with(CLUSTERROLE("v", RULE("''", "'pods'", "'*'")) CRB("v", "v", GROUP("devs")), lines, devs, 0);

	(void)state;
	rules_are(&s.size, "dev: list on pods | shop: get on pods named a");
	assert_int_equal(s.size.nusers, 2);
	assert_int_equal(s.size.verdict, KA_RIGHTSIZE_CHANGE);
	proved(&s.size);
	done(&s);
}

/* More names than the reader of the log keeps. */
enum { MANY = 1500 };

static void
many_names_have_no_name(void **state)
{
	struct line *lines = ka_xcalloc(MANY + 1, sizeof *lines);
	char (*text)[32] = ka_xcalloc(MANY, sizeof *text);
	struct sized s;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof text[i], "get - pods shop p-%zu", i);
		lines[i].user = BOT;
		lines[i].request = text[i];
	}
	s = size_with(EVERYTHING, lines, bot, 0);
	rules_are(&s.size, "shop: get on pods");
	assert_int_equal(s.size.role->rule->widened, KA_GENERALIZE_MANY);
	assert_int_equal(s.size.role->rule->events, MANY);
	proved(&s.size);
	done(&s);
	free(text);
	free(lines);
}

/* ---- the proof ---- */

static void
each_rule_names_what_needs_it(void **state)
{
	static const struct line lines[] = { DID(BOT, "list - pods shop -"), DID(BOT, "get - secrets shop a"),
					     DID(BOT, "get - secrets shop a"), { BOT, "get - secrets shop b", .denied = true }, END };
	struct sized s = size_with(EVERYTHING, lines, bot, 0);

	(void)state;
	proved(&s.size);
	assert_int_equal(s.size.nrules, 2);
	assert_int_equal(s.size.nneeded, 2);
	assert_int_equal(s.size.role->rule[0].needs->line, 1);
	assert_int_equal(s.size.role->rule[1].needs->line, 2);
	assert_int_equal(s.size.role->rule[1].events, 2);
	assert_int_equal(s.size.requests, 2);
	assert_int_equal(s.size.request_events, 3);
	assert_int_equal(s.size.denied, 1);
	done(&s);
}

static void
what_is_lost_is_told(void **state)
{
	static const struct line lines[] = { DID(BOT, "get - pods shop a"), END };
	struct sized s = size_with(ROLE("shop", "v", RULE("''", "'pods'", "'get', 'delete'"))
					   RB("shop", "v", "Role", "v", ACCOUNT("shop", "bot")),
				   lines, bot, 0);

	(void)state;
	assert_int_equal(s.size.verdict, KA_RIGHTSIZE_CHANGE);
	assert_int_equal(s.size.natoms, 2);
	assert_int_equal(s.size.nunused, 1);
	assert_int_equal(s.size.nremovals, 2);
	assert_true(s.size.removal[0].narrowed);
	assert_string_equal(s.size.removal[1].atom->verb, "delete");
	assert_int_equal(s.size.removal[1].confidence, KA_CONFIDENCE_HIGH);
	done(&s);
}

/* A binding of the world's start: the log begins on 11 April 1970 and ends 40 days later. */
#define MADE(when)                                                                                                       \
	"{" RBAC_API "'kind': 'RoleBinding', 'metadata': {'name': 'v', 'namespace': 'shop', 'creationTimestamp': '" when "'}, " \
	REF("Role", "v") ", 'subjects': [" ACCOUNT("shop", "bot") "]}\n"
#define CRONJOB(spec)                                                                                                    \
	"{'apiVersion': 'batch/v1', 'kind': 'CronJob', 'metadata': {'name': 'tidy', 'namespace': 'shop'}, 'spec': {" spec \
	", 'jobTemplate': {'spec': {'template': {'spec': {'serviceAccountName': 'bot', 'containers': []}}}}}}\n"
#define ROLE_V ROLE("shop", "v", RULE("''", "'pods'", "'list', 'delete'"))

static void
evidence_is_weighed(void **state)
{
	static const struct line lines[] = { DID(BOT, "list - pods shop -"), END };
	static const struct {
		const char *world;
		enum ka_confidence confidence;
		const char *reason;
	} cases[] = {
		{ ROLE_V MADE("1970-01-01T00:00:00Z"), KA_CONFIDENCE_HIGH,
		  "no use seen in 40.0 days of log; no pod or workload runs as it now" },
		{ ROLE_V MADE("1970-04-16T00:00:00Z"), KA_CONFIDENCE_HIGH,
		  "no use seen in the 35.0 days of log since the binding was made; no pod or workload runs as it now" },
		{ ROLE_V MADE("1970-05-11T00:00:00Z"), KA_CONFIDENCE_LOW,
		  "no use seen in the 10.0 days of log since the binding was made; no pod or workload runs as it now" },
		{ ROLE_V MADE("1970-01-01T00:00:00Z") CRONJOB("'schedule': '0 0 1 * *'"), KA_CONFIDENCE_HIGH,
		  "no use seen in 40.0 days of log" },
		{ ROLE_V MADE("1970-01-01T00:00:00Z") CRONJOB("'schedule': '0 0 1 1,7 *'"), KA_CONFIDENCE_LOW,
		  "no use seen in 40.0 days of log; CronJob tidy, which runs as it, may pause for 184 days" },
		{ ROLE_V MADE("1970-01-01T00:00:00Z") CRONJOB("'schedule': '0 0 1 * *', 'suspend': true"), KA_CONFIDENCE_LOW,
		  "no use seen in 40.0 days of log; CronJob tidy, which runs as it, is suspended" },
		{ ROLE_V MADE("1970-01-01T00:00:00Z") CRONJOB("'schedule': 'now and then'"), KA_CONFIDENCE_LOW,
		  "no use seen in 40.0 days of log; CronJob tidy runs as it, nobody knows when" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sized s = size_with(cases[i].world, lines, bot, 0);

		assert_int_equal(s.size.nremovals, 1);
		assert_string_equal(s.size.removal->reason, cases[i].reason);
		assert_int_equal(s.size.removal->confidence, cases[i].confidence);
		assert_int_equal(s.size.confidence, cases[i].confidence);
		done(&s);
	}
}

static void
verdicts(void **state)
{
	static const struct line used[] = { DID(BOT, "list - pods shop -"), END }, none[] = { END };
	static const struct {
		const char *world;
		const struct line *line;
		enum ka_rightsize_verdict verdict;
	} cases[] = {
		{ EVERYTHING, used, KA_RIGHTSIZE_CHANGE },
		{ EVERYTHING, none, KA_RIGHTSIZE_THIN },
		{ ROLE("shop", "v", RULE("''", "'pods'", "'list'")) RB("shop", "v", "Role", "v", ACCOUNT("shop", "bot")), used,
		  KA_RIGHTSIZE_FITS },
		{ ROLE("shop", "v", RULE("''", "'pods'", "'list'")), used, KA_RIGHTSIZE_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sized s = size_with(cases[i].world, cases[i].line, bot, 0);

		assert_int_equal(s.size.verdict, cases[i].verdict);
		done(&s);
	}
}

static void
names_are_new(void **state)
{
	static const struct line lines[] = { DID(BOT, "list - pods shop -"), END };
	struct sized s = size_with(EVERYTHING ROLE("shop", "kassay-shop-bot", RULE("''", "'x'", "'get'")), lines, bot, 0);
	struct ka_rightsize again;

	(void)state;
	assert_string_equal(s.size.role->name, "kassay-shop-bot-2");
	ka_rightsize(s.r, &bot, &again);
	assert_string_equal(again.role->name, "kassay-shop-bot-3");
	ka_rightsize_release(&again);
	done(&s);
}

/* ---- configuration alone ---- */

#define NO_PODS "{'apiVersion': 'v1', 'kind': 'PodList', 'items': []}\n"

static void
leftovers_are_certain(void **state)
{
	static const struct {
		const char *world, *rows;
	} cases[] = {
		{ ROLE("shop", "v", RULE("''", "'pods'", "'get'")), "unbound-role v" },
		{ RB("shop", "b", "Role", "gone", USER("ann")), "role-missing b" },
		{ CLUSTERROLE("v", RULE("''", "'pods'", "'*'")) CRB("wide", "v", USER("ann"))
		  RB("shop", "narrow", "ClusterRole", "v", USER("ann")),
		  "redundant-binding narrow" },
		{ CLUSTERROLE("v", RULE("''", "'pods'", "'*'")) CRB("wide", "v", USER("ann"))
		  RB("shop", "narrow", "ClusterRole", "v", USER("ann") ", " USER("bob")),
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w = world(cases[i].world);
		struct ka_leftovers left;
		char text[512] = "";

		ka_leftovers(w.g, w.rbac, &left);
		for (size_t k = 0; k < left.n; k++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s", k ? ", " : "",
				 ka_leftover_name(left.row[k].kind), left.row[k].obj->name);
		assert_string_equal(text, cases[i].rows);
		ka_leftovers_release(&left);
		end(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smallest_rules),
		cmocka_unit_test(groups_of_the_log_count_for_users),
		cmocka_unit_test(a_group_uses_what_its_members_use),
		cmocka_unit_test(many_names_have_no_name),
		cmocka_unit_test(each_rule_names_what_needs_it),
		cmocka_unit_test(what_is_lost_is_told),
		cmocka_unit_test(evidence_is_weighed),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(names_are_new),
		cmocka_unit_test(leftovers_are_certain),
	};

	return cmocka_run_group_tests_name("rightsize", tests, NULL, NULL);
}
