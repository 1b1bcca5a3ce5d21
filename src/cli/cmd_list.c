#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "util/nearest.h"

#include "util/banned.h"

static void
list_checks(struct ka_out *out)
{
	for (const struct ka_check_set *const *set = ka_check_sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++) {
			const struct ka_check *c = &(*set)->check[i];

			ka_out_fmt(out, "%-36s %-8s  %s\n", c->key, ka_severity_name(c->severity),
				   c->title);
		}
}

static void
json_member(struct ka_out *out, const char *name, const char *value)
{
	ka_out_json(out, name);
	ka_out_char(out, ':');
	ka_out_json(out, value);
}

/* What a check is judged by: without one of these it is unknown. */
static void
json_kinds(struct ka_out *out, ka_kinds kinds)
{
	const char *sep = "";

	ka_out_str(out, ",\"kinds\":[");
	for (unsigned k = 0; k < KA_NKINDS; k++) {
		if (!(kinds & KA_BIT(k)))
			continue;
		ka_out_str(out, sep);
		ka_out_json(out, ka_kind_info((enum ka_kind)k)->kind);
		sep = ",";
	}
	ka_out_char(out, ']');
}

static void
json_check(struct ka_out *out, const struct ka_check_set *set, const struct ka_check *c)
{
	ka_out_char(out, '{');
	json_member(out, "key", c->key);
	ka_out_char(out, ',');
	json_member(out, "set", set->name);
	ka_out_char(out, ',');
	json_member(out, "severity", ka_severity_name(c->severity));
	ka_out_char(out, ',');
	json_member(out, "title", c->title);
	json_kinds(out, c->scope | c->needs);
	ka_out_char(out, '}');
}

static void
json_checks(struct ka_out *out)
{
	const char *sep = "\n";

	for (const struct ka_check_set *const *set = ka_check_sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++, sep = ",\n") {
			ka_out_str(out, sep);
			json_check(out, *set, &(*set)->check[i]);
		}
}

static void
list_benches(struct ka_out *out)
{
	for (const struct ka_bench *const *b = ka_benches; *b; b++)
		ka_out_fmt(out, "%-24s %zu controls  %s\n", (*b)->name, (*b)->count, (*b)->title);
}

static void
json_benches(struct ka_out *out)
{
	const char *sep = "\n";

	for (const struct ka_bench *const *b = ka_benches; *b; b++, sep = ",\n") {
		ka_out_str(out, sep);
		ka_out_char(out, '{');
		json_member(out, "name", (*b)->name);
		ka_out_char(out, ',');
		json_member(out, "title", (*b)->title);
		ka_out_fmt(out, ",\"controls\":%zu}", (*b)->count);
	}
}

static void
list_formats(struct ka_out *out)
{
	for (const struct ka_format *f = ka_formats; f->name; f++)
		ka_out_fmt(out, "%-10s %s\n", f->name, f->what);
}

static void
json_formats(struct ka_out *out)
{
	const char *sep = "\n";

	for (const struct ka_format *f = ka_formats; f->name; f++, sep = ",\n") {
		ka_out_str(out, sep);
		ka_out_char(out, '{');
		json_member(out, "name", f->name);
		ka_out_char(out, ',');
		json_member(out, "what", f->what);
		ka_out_char(out, '}');
	}
}

static const struct subject {
	const char *name;
	void (*plain)(struct ka_out *out);
	void (*json)(struct ka_out *out); /* the elements of an array */
} subjects[] = {
	{ "checks", list_checks, json_checks },
	{ "benchmarks", list_benches, json_benches },
	{ "formats", list_formats, json_formats },
};

static const struct subject *
find_subject(const char *name)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
		ka_nearest_try(&near, subjects[i].name);
	}
	ka_say("list", "there are no %s to list%s", name, ka_nearest_hint(&near));
	return NULL;
}

int
ka_cmd_list(const struct ka_cli *cli)
{
	const struct subject *s;
	struct ka_out *out;
	int status = KA_EXIT_DONE;
	bool json;

	if (cli->args.n != 1)
		return ka_say("list", "say what: checks, benchmarks or formats");
	s = find_subject(cli->args.v[0]);
	if (!s)
		return KA_EXIT_TROUBLE;
	out = ka_open_answer(cli, &json, &status);
	if (!out)
		return status;
	if (json) {
		ka_out_char(out, '[');
		s->json(out);
		ka_out_str(out, "\n]\n");
	} else {
		s->plain(out);
	}
	return ka_close_answer(cli, out);
}
