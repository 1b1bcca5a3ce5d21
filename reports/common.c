#include "common.h"

#include <stdio.h>
#include <string.h>

const char *
ka_status_word(enum ka_status s)
{
	switch (s) {
	case KA_PASS:
		return "Pass";
	case KA_FAIL:
		return "Fail";
	case KA_NA:
		return "Not applicable";
	case KA_MANUAL:
		return "Manual";
	case KA_UNKNOWN:
	case KA_NSTATUSES:
		break;
	}
	return "Unknown";
}

const char *
ka_severity_word(enum ka_severity s)
{
	static const char *const word[] = {
		[KA_SEV_DEFAULT] = "None", [KA_INFO] = "Info", [KA_LOW] = "Low",
		[KA_MEDIUM] = "Medium",	   [KA_HIGH] = "High", [KA_CRITICAL] = "Critical",
	};

	return word[s];
}

const char *
ka_source_class_name(enum ka_source_class c)
{
	switch (c) {
	case KA_SOURCE_MANIFESTS:
		return "manifests";
	case KA_SOURCE_DUMP:
		return "dump";
	case KA_SOURCE_CLUSTER:
		break;
	}
	return "cluster";
}

const char *
ka_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

unsigned
ka_myriad(double share)
{
	if (!(share > 0))
		return 0;
	/* 0.29 * 10000 is 2899.9999...: the tiny addend is for such, never enough to round up. */
	return share >= 1 ? 10000 : (unsigned)(share * 10000 + 1e-6);
}

unsigned
ka_percent(double share)
{
	return ka_myriad(share) / 100;
}

size_t
ka_in_force(const struct ka_result *res)
{
	return res->nfindings - res->nwaived;
}

/* The worst severity in force; KA_SEV_DEFAULT when there is none. */
static enum ka_severity
worst(const struct ka_report *r, const struct ka_result *res)
{
	if (!ka_in_force(res))
		return KA_SEV_DEFAULT;
	for (size_t i = 0; i < res->nfindings; i++) {
		const struct ka_finding *f = &r->finding[res->first + i];

		if (!f->waiver)
			return f->severity; /* worst first */
	}
	return KA_SEV_DEFAULT;
}

bool
ka_all_waived(const struct ka_result *res)
{
	return res->nfindings && !ka_in_force(res);
}

size_t
ka_new_findings(const struct ka_report *r, enum ka_severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		n += r->finding[i].severity >= least && !ka_excuse_of(&r->finding[i]);
	return n;
}

enum ka_excuse
ka_excuse_of(const struct ka_finding *f)
{
	if (f->waiver)
		return KA_WAIVED;
	return f->known ? KA_KNOWN : KA_NO_EXCUSE;
}

/* What is excused for two reasons is named by the weaker one. */
static enum ka_excuse
weaker(enum ka_excuse a, enum ka_excuse b)
{
	return a == KA_KNOWN || b == KA_KNOWN ? KA_KNOWN : KA_WAIVED;
}

enum ka_excuse
ka_result_excuse(const struct ka_report *r, const struct ka_result *res)
{
	enum ka_excuse all = KA_WAIVED;

	if (res->status != KA_FAIL || !res->nfindings)
		return KA_NO_EXCUSE;
	for (size_t i = 0; i < res->nfindings; i++) {
		enum ka_excuse one = ka_excuse_of(&r->finding[res->first + i]);

		if (!one)
			return KA_NO_EXCUSE;
		all = weaker(all, one);
	}
	return all;
}

enum ka_excuse
ka_control_excuse(const struct ka_report *r, const struct ka_control *c)
{
	enum ka_excuse all = KA_WAIVED;
	bool any = false;

	if (c->status != KA_FAIL || (c->attestation && !c->attestation->holds))
		return KA_NO_EXCUSE;
	for (size_t i = 0; i < sizeof c->result / sizeof *c->result && c->result[i]; i++) {
		enum ka_excuse one;

		if (c->result[i]->status != KA_FAIL)
			continue;
		one = ka_result_excuse(r, c->result[i]);
		if (!one)
			return KA_NO_EXCUSE;
		all = weaker(all, one);
		any = true;
	}
	return any ? all : KA_NO_EXCUSE;
}

const struct ka_result *
ka_worst_next(const struct ka_report *r, struct ka_worst_walk *w)
{
	if (w->severity == KA_SEV_DEFAULT)
		*w = (struct ka_worst_walk){ .severity = KA_CRITICAL };
	for (; w->severity > KA_SEV_DEFAULT; w->severity--, w->next = 0)
		while (w->next < r->nresults) {
			const struct ka_result *res = &r->result[w->next++];

			if (worst(r, res) == w->severity)
				return res;
		}
	return NULL;
}

const char *
ka_file_name(const struct ka_graph *g, uint32_t file)
{
	return file < g->nfiles ? g->file[file] : "";
}

struct ka_origin
ka_origin_of(const struct ka_graph *g, const struct ka_object *obj)
{
	if (obj->ghost)
		return (struct ka_origin){ 0 };
	if (g->source_class == KA_SOURCE_CLUSTER)
		return (struct ka_origin){ .resource_version = obj->resource_version };
	if (obj->line && obj->file < g->nfiles)
		return (struct ka_origin){ .file = g->file[obj->file], .line = obj->line };
	return (struct ka_origin){ .resource_version = obj->resource_version };
}

bool
ka_ledger_shown(const struct ka_graph *g, enum ka_kind kind)
{
	return kind != KA_OTHER || g->ledger[kind].count || ka_ledger_gap(g, kind);
}

bool
ka_ledger_gap(const struct ka_graph *g, enum ka_kind kind)
{
	switch (g->ledger[kind].status) {
	case KA_EV_FORBIDDEN:
	case KA_EV_FAILED:
	case KA_EV_TRUNCATED:
		return true;
	case KA_EV_COMPLETE:
	case KA_EV_ABSENT:
	case KA_EV_NOT_OFFERED:
		break;
	}
	return false;
}

size_t
ka_blocked_by(const struct ka_report *r, enum ka_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nresults; i++)
		n += r->result[i].status == KA_UNKNOWN &&
		     ((r->result[i].check->scope | r->result[i].check->needs) & KA_BIT(kind));
	return n;
}

void
ka_mend(char *buf, size_t size, const struct ka_graph *g, enum ka_kind kind)
{
	const struct ka_kind_info *info = ka_kind_info(kind);

	if (kind == KA_OTHER) {
		snprintf(buf, size, "let the custom resources that the reason names be listed");
		return;
	}
	if (info->grant && g->ledger[kind].status != KA_EV_COMPLETE) {
		snprintf(buf, size, "%s", info->grant);
		return;
	}
	switch (g->ledger[kind].status) {
	case KA_EV_FORBIDDEN:
		snprintf(buf, size,
			 "grant verbs [get, list] on resources [%s] in apiGroups [\"%s\"]",
			 info->resource, info->group);
		return;
	case KA_EV_FAILED:
		snprintf(buf, size, "mend what the reason names, then read the %s again",
			 info->resource);
		return;
	case KA_EV_TRUNCATED:
		snprintf(buf, size, "read the %s again, to the end", info->resource);
		return;
	case KA_EV_NOT_OFFERED:
		snprintf(buf, size,
			 "audit a source that has %s: a live cluster, a snapshot or a dump",
			 info->resource);
		return;
	case KA_EV_COMPLETE:
	case KA_EV_ABSENT:
		break;
	}
	snprintf(buf, size, "%s", "");
}

/* Whether s starts with one of U+202A-202E or U+2066-2069, all E2 80 or E2 81 and a third byte. */
static unsigned
bidi_control(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] != 0xE2)
		return 0;
	if (u[1] == 0x80 && u[2] >= 0xAA && u[2] <= 0xAE)
		return 0x2000u + (u[2] - 0x80u);
	if (u[1] == 0x81 && u[2] >= 0xA6 && u[2] <= 0xA9)
		return 0x2040u + (u[2] - 0x80u);
	return 0;
}

void
ka_put_visible(struct ka_out *out, const char *s, void (*put)(struct ka_out *out, const char *s))
{
	char part[512];
	size_t len = 0;

	if (!s)
		return;
	if (!strchr(s, 0xE2)) {
		put(out, s); /* nearly always */
		return;
	}
	while (*s) {
		unsigned c = bidi_control(s);

		/* Cut only before a lead byte, so that no character is torn. */
		if (c || (len > sizeof part - 16 && ((unsigned char)*s & 0xC0) != 0x80) ||
		    len == sizeof part - 1) {
			part[len] = '\0';
			put(out, part);
			len = 0;
		}
		if (!c) {
			part[len++] = *s++;
			continue;
		}
		snprintf(part, sizeof part, "<U+%04X>", c);
		put(out, part);
		s += 3;
	}
	part[len] = '\0';
	put(out, part);
}
