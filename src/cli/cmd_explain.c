#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/catalog.h"
#include "util/nearest.h"

#include "util/banned.h"

#define INDENT 4
#define WIDTH  80

static const char *const decision_text[] = {
	[KA_BY_CHECKS] = "by checks",
	[KA_BY_PERSON] = "by a person: attest it in the policy file",
	[KA_BY_ABSENT] = "not yet: it needs facts that no source gives",
};
static const char *const decision_name[] = {
	[KA_BY_CHECKS] = "checks",
	[KA_BY_PERSON] = "person",
	[KA_BY_ABSENT] = "absent",
};

static bool
uses(const struct ka_bench_item *item, const char *key)
{
	for (const char *const *k = item->keys; *k; k++)
		if (strcmp(*k, key) == 0)
			return true;
	return false;
}

/* ---- for people --------------------------------------------------------------------------- */

static void
section(struct ka_out *out, const char *title, const char *text)
{
	if (!text)
		return;
	ka_out_fmt(out, "\n%s\n", title);
	ka_out_wrapped(out, text, INDENT, WIDTH);
}

static void
kinds(struct ka_out *out, const char *title, ka_kinds set)
{
	struct ka_out *text = ka_out_mem();
	const char *sep = "";

	for (unsigned k = 0; k < KA_NKINDS; k++) {
		if (!(set & KA_BIT(k)))
			continue;
		ka_out_fmt(text, "%s%s", sep, ka_kind_info((enum ka_kind)k)->kind);
		sep = ", ";
	}
	if (set)
		section(out, title, ka_out_memory(text, NULL));
	ka_out_discard(text);
}

static void
explain_check(struct ka_out *out, const struct ka_check *c)
{
	bool any = false;

	ka_out_fmt(out, "%s (%s)\n", c->key, ka_severity_name(c->severity));
	ka_out_wrapped(out, c->title, INDENT, WIDTH);
	section(out, "Why", c->why);
	section(out, "What to do", c->fix);
	kinds(out, "Judges", c->scope);
	kinds(out, "Needs to have read", c->needs);
	for (const struct ka_bench *const *b = ka_benches; *b; b++)
		for (size_t i = 0; i < (*b)->count; i++) {
			const struct ka_bench_item *item = &(*b)->item[i];

			if (!uses(item, c->key))
				continue;
			ka_out_fmt(out, "%s    %s %s  %s\n", any ? "" : "\nControls\n", (*b)->name,
				   item->id, item->title);
			any = true;
		}
}

static void
explain_item(struct ka_out *out, const struct ka_bench *b, const struct ka_bench_item *item)
{
	ka_out_fmt(out, "%s %s", b->name, item->id);
	if (item->level)
		ka_out_fmt(out, " (level %u)", item->level);
	ka_out_char(out, '\n');
	ka_out_wrapped(out, item->title, INDENT, WIDTH);
	section(out, "Decided", item->either ? "by checks: one that passes is enough, unless another one fails"
					     : decision_text[item->by]);
	section(out, item->by == KA_BY_PERSON ? "What to look at" : "Note", item->note);
	if (*item->keys)
		ka_out_str(out, "\nChecks\n");
	for (const char *const *k = item->keys; *k; k++) {
		const struct ka_check *c = ka_check_find(*k);

		ka_out_fmt(out, "    %s  %s\n", *k, c ? c->title : "");
	}
}

/* ---- for programs ------------------------------------------------------------------------- */

static void
member(struct ka_out *out, const char *sep, const char *name, const char *value)
{
	ka_out_str(out, sep);
	ka_out_json(out, name);
	ka_out_str(out, ": ");
	ka_out_json(out, value);
}

static void
json_kinds(struct ka_out *out, const char *name, ka_kinds set)
{
	const char *sep = "";

	ka_out_fmt(out, ",\n  \"%s\": [", name);
	for (unsigned k = 0; k < KA_NKINDS; k++) {
		if (!(set & KA_BIT(k)))
			continue;
		ka_out_str(out, sep);
		ka_out_json(out, ka_kind_info((enum ka_kind)k)->kind);
		sep = ", ";
	}
	ka_out_char(out, ']');
}

static void
json_controls(struct ka_out *out, const char *key)
{
	const char *sep = "\n    ";

	ka_out_str(out, ",\n  \"controls\": [");
	for (const struct ka_bench *const *b = ka_benches; *b; b++)
		for (size_t i = 0; i < (*b)->count; i++) {
			if (!uses(&(*b)->item[i], key))
				continue;
			ka_out_str(out, sep);
			member(out, "{", "benchmark", (*b)->name);
			member(out, ", ", "id", (*b)->item[i].id);
			ka_out_char(out, '}');
			sep = ",\n    ";
		}
	ka_out_str(out, "]");
}

static void
json_check(struct ka_out *out, const struct ka_check *c)
{
	member(out, "{\n  ", "key", c->key);
	member(out, ",\n  ", "severity", ka_severity_name(c->severity));
	member(out, ",\n  ", "title", c->title);
	member(out, ",\n  ", "why", c->why);
	member(out, ",\n  ", "fix", c->fix);
	json_kinds(out, "scope", c->scope);
	json_kinds(out, "needs", c->needs);
	json_controls(out, c->key);
	ka_out_str(out, "\n}\n");
}

static void
json_item(struct ka_out *out, const struct ka_bench *b, const struct ka_bench_item *item)
{
	const char *sep = "";

	member(out, "{\n  ", "benchmark", b->name);
	member(out, ",\n  ", "id", item->id);
	member(out, ",\n  ", "title", item->title);
	ka_out_fmt(out, ",\n  \"level\": %u", item->level);
	member(out, ",\n  ", "decided_by", decision_name[item->by]);
	ka_out_fmt(out, ",\n  \"either\": %s", item->either ? "true" : "false");
	member(out, ",\n  ", "note", item->note);
	ka_out_str(out, ",\n  \"checks\": [");
	for (const char *const *k = item->keys; *k; k++, sep = ", ") {
		ka_out_str(out, sep);
		ka_out_json(out, *k);
	}
	ka_out_str(out, "]\n}\n");
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct ka_check *
find_check(const char *key)
{
	const struct ka_check *c = ka_check_find(key);
	struct ka_nearest near = ka_nearest_to(key);

	if (c)
		return c;
	for (const struct ka_check_set *const *set = ka_check_sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			ka_nearest_try(&near, (*set)->check[i].key);
	ka_say("explain", "no check is named %s%s", key, ka_nearest_hint(&near));
	return NULL;
}

static const struct ka_bench_item *
find_item(const char *bench, const char *id, const struct ka_bench **ret)
{
	const struct ka_bench *b = ka_bench_find(bench);
	struct ka_nearest near = ka_nearest_to(bench);
	const struct ka_bench_item *item = b ? ka_bench_item_find(b, id) : NULL;

	if (!b) {
		for (const struct ka_bench *const *known = ka_benches; *known; known++)
			ka_nearest_try(&near, (*known)->name);
		ka_say("explain", "no benchmark is named %s%s", bench, ka_nearest_hint(&near));
	} else if (!item) {
		ka_say("explain", "%s has no control %s", bench, id);
	}
	*ret = b;
	return item;
}

int
ka_cmd_explain(const struct ka_cli *cli)
{
	const struct ka_bench_item *item = NULL;
	const struct ka_bench *bench = NULL;
	const struct ka_check *check = NULL;
	struct ka_out *out;
	bool json;
	int status;

	if (cli->args.n == 1)
		check = find_check(cli->args.v[0]);
	else if (cli->args.n == 2)
		item = find_item(cli->args.v[0], cli->args.v[1], &bench);
	else
		ka_say("explain", "name a check, or a benchmark and one of its controls");
	if (!check && !item)
		return KA_EXIT_TROUBLE;
	out = ka_open_answer(cli, &json, &status);
	if (!out)
		return status;
	if (check)
		(json ? json_check : explain_check)(out, check);
	else
		(json ? json_item : explain_item)(out, bench, item);
	return ka_close_answer(cli, out);
}
