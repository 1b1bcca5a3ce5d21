/* All of it, for programs. */
#include <string.h>

#include "cli/answer.h"
#include "cli/rightsize_out.h"
#include "util/str.h"

#include "util/banned.h"

static void
number(struct ka_out *out, const char *key, uint64_t n)
{
	ka_out_fmt(out, ",\"%s\":", key);
	ka_out_uint(out, n);
}

static void
text(struct ka_out *out, const char *key, const char *s)
{
	if (!s)
		return;
	ka_out_fmt(out, ",\"%s\":", key);
	ka_out_json(out, s);
}

static void
moment(struct ka_out *out, const char *key, int64_t time)
{
	char buf[21];

	if (!time)
		return;
	ka_time_format(time / 1000000, buf);
	text(out, key, buf);
}

static void
words_json(struct ka_out *out, const struct ka_strs *words)
{
	ka_out_char(out, '[');
	for (size_t i = 0; i < words->n; i++) {
		ka_out_str(out, i ? "," : "");
		ka_out_json(out, words->v[i]);
	}
	ka_out_char(out, ']');
}

static void
list(struct ka_out *out, const char *key, const struct ka_strs *words)
{
	ka_out_fmt(out, ",\"%s\":", key);
	words_json(out, words);
}

/* ---- the log ------------------------------------------------------------------------------ */

static void
counts(struct ka_out *out, const struct ka_auditlog_counts *n)
{
	number(out, "bytes", n->bytes);
	number(out, "lines", n->lines);
	number(out, "events", n->events);
	number(out, "received", n->received);
	number(out, "cut", n->cut);
	number(out, "notJson", n->not_json);
	number(out, "bad", n->bad);
	number(out, "unknown", n->unknown);
	number(out, "other", n->other);
}

static void
quality(struct ka_out *out, const struct ka_quality *q)
{
	ka_out_fmt(out, ",\"window\":{\"days\":%.2f", q->days);
	moment(out, "first", q->first);
	moment(out, "last", q->last);
	number(out, "requests", q->events);
	number(out, "hours", q->hours);
	number(out, "emptyHours", q->empty_hours);
	moment(out, "gapFirst", q->gap_first);
	moment(out, "gapLast", q->gap_last);
	number(out, "lacksObject", q->lacks_object);
	number(out, "lacksGroups", q->lacks_groups);
	number(out, "lacksDecision", q->lacks_decision);
	number(out, "lacksTime", q->lacks_time);
	number(out, "lacksReason", q->lacks_reason);
	ka_out_fmt(out, ",\"reads\":%s}", q->reads ? "true" : "false");
}

static void
audit_log(struct ka_out *out, const struct ka_auditlog *log)
{
	ka_out_str(out, ",\"log\":{\"files\":[");
	for (size_t i = 0; i < log->nfiles; i++) {
		const struct ka_auditlog_file *f = &log->file[i];

		ka_out_str(out, i ? ",\n{\"name\":" : "\n{\"name\":");
		ka_out_json(out, f->name);
		counts(out, &f->n);
		moment(out, "first", f->first);
		moment(out, "last", f->last);
		ka_out_fmt(out, ",\"endMissing\":%s}", f->cut ? "true" : "false");
	}
	ka_out_str(out, "],\"problems\":[");
	for (size_t i = 0; i < log->nproblems; i++) {
		const struct ka_auditlog_problem *p = &log->problem[i];

		ka_out_fmt(out, "%s\n{\"line\":%u", i ? "," : "", (unsigned)p->line);
		text(out, "file", p->file < log->nfiles ? log->file[p->file].name : NULL);
		text(out, "text", p->text);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
	number(out, "moreProblems", log->untold);
	ka_out_char(out, '}');
}

/* ---- a subject ---------------------------------------------------------------------------- */

static void
used(struct ka_out *out, const struct ka_advice *a, const struct ka_used *u)
{
	ka_out_char(out, '{');
	ka_request_json(out, &u->req);
	if (u->many_names)
		ka_out_str(out, ",\"manyNames\":true");
	number(out, "allowed", u->allowed);
	moment(out, "first", u->first);
	moment(out, "last", u->last);
	text(out, "file", a->log && u->file < a->log->nfiles ? a->log->file[u->file].name : NULL);
	number(out, "line", u->line);
	ka_out_char(out, '}');
}

static void
rule(struct ka_out *out, const struct ka_advice *a, const struct ka_new_rule *r)
{
	size_t n = 0;

	ka_out_str(out, "{\"rule\":{\"verbs\":");
	words_json(out, &r->rule.verbs);
	if (r->rule.urls.n) {
		list(out, "nonResourceURLs", &r->rule.urls);
	} else {
		list(out, "apiGroups", &r->rule.groups);
		list(out, "resources", &r->rule.resources);
	}
	if (r->rule.names.n)
		list(out, "resourceNames", &r->rule.names);
	ka_out_char(out, '}');
	number(out, "requests", r->requests);
	number(out, "events", r->events);
	ka_out_str(out, ",\"widened\":[");
	for (unsigned bit = 1; bit <= r->widened; bit <<= 1)
		if (r->widened & bit)
			ka_out_fmt(out, "%s\"%s\"", n++ ? "," : "", ka_generalize_name(bit));
	ka_out_str(out, "],\"neededBy\":");
	if (r->needs)
		used(out, a, r->needs);
	else
		ka_out_str(out, "null");
	ka_out_char(out, '}');
}

static void
roles(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	ka_out_str(out, ",\"roles\":[");
	for (size_t i = 0; i < s->nroles; i++) {
		const struct ka_new_role *role = &s->role[i];

		ka_out_fmt(out, "%s\n{\"kind\":\"%s\",\"binding\":\"%s\"", i ? "," : "", ka_new_kind(role, false),
			   ka_new_kind(role, true));
		text(out, "namespace", role->namespace);
		text(out, "name", role->name);
		ka_out_str(out, ",\"rules\":[");
		for (size_t k = 0; k < role->n; k++) {
			ka_out_str(out, k ? ",\n" : "\n");
			rule(out, a, &role->rule[k]);
		}
		ka_out_str(out, "]}");
	}
	ka_out_char(out, ']');
}

static void
object(struct ka_out *out, const struct ka_object *obj)
{
	ka_out_str(out, "\"kind\":");
	ka_out_json(out, obj->kind_name);
	text(out, "namespace", obj->namespace);
	text(out, "name", obj->name);
}

static void
bindings(struct ka_out *out, const struct ka_rightsize *s)
{
	ka_out_str(out, ",\"bindings\":[");
	for (size_t i = 0; i < s->nbindings; i++) {
		ka_out_str(out, i ? ",{" : "{");
		object(out, &s->binding[i]->obj);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

static void
proof(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	ka_out_fmt(out, ",\"proof\":{\"requests\":%llu", (unsigned long long)s->requests);
	number(out, "events", s->request_events);
	number(out, "allowedBefore", s->before);
	number(out, "allowedBeforeEvents", s->before_events);
	number(out, "allowedAfter", s->after);
	number(out, "allowedAfterEvents", s->after_events);
	number(out, "byGroups", s->by_groups);
	number(out, "gone", s->gone);
	number(out, "inexpressible", s->inexpressible);
	number(out, "denied", s->denied);
	number(out, "deniedAllowedAfter", s->denied_after);
	number(out, "rules", s->nrules);
	number(out, "neededRules", s->nneeded);
	ka_out_fmt(out, ",\"covered\":%s", s->covered ? "true" : "false");
	if (s->broken) {
		ka_out_str(out, ",\"broken\":");
		used(out, a, s->broken);
	}
	ka_out_char(out, '}');
}

static void
removal(struct ka_out *out, const struct ka_removal *r)
{
	static const char *const uses[] = {
		[KA_USE_USED] = "used",
		[KA_USE_UNUSED] = "unused",
		[KA_USE_UNOBSERVABLE] = "unobservable",
	};
	const struct ka_atom_use *a = r->atom;

	ka_out_str(out, "{\"verb\":");
	ka_out_json(out, a->verb);
	text(out, "group", a->group);
	text(out, "resource", a->resource);
	text(out, "url", a->resource ? NULL : a->url);
	if (a->rule->names.n)
		list(out, "names", &a->rule->names);
	text(out, "namespace", r->namespace);
	ka_out_str(out, ",\"binding\":{");
	object(out, &r->binding->obj);
	ka_out_fmt(out, "},\"use\":\"%s\",\"narrowed\":%s", uses[a->use], r->narrowed ? "true" : "false");
	number(out, "count", a->count);
	moment(out, "lastUsed", a->last);
	text(out, "confidence", ka_confidence_name(r->confidence));
	text(out, "reason", r->reason);
	ka_out_char(out, '}');
}

static void
subject(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	ka_out_str(out, "{\"subject\":{");
	ka_subject_json(out, &s->subject);
	ka_out_fmt(out, "},\"verdict\":\"%s\"", ka_rightsize_verdict_name(s->verdict));
	text(out, "why", s->why);
	number(out, "events", s->events);
	list(out, "groups", &s->groups);
	number(out, "held", s->natoms);
	number(out, "unused", s->nunused);
	number(out, "unobservable", s->nunobservable);
	text(out, "confidence", ka_advised(s) ? ka_confidence_name(s->confidence) : NULL);
	bindings(out, s);
	roles(out, a, s);
	proof(out, a, s);
	ka_out_str(out, ",\"removals\":[");
	for (size_t i = 0; i < s->nremovals; i++) {
		ka_out_str(out, i ? ",\n" : "\n");
		removal(out, &s->removal[i]);
	}
	ka_out_str(out, "]");
	list(out, "notes", &(const struct ka_strs){ s->nnotes, s->note });
	ka_out_char(out, '}');
}

static void
leftovers(struct ka_out *out, const struct ka_leftovers *left)
{
	ka_out_str(out, ",\"leftovers\":[");
	for (size_t i = 0; i < left->n; i++) {
		const struct ka_leftover *l = &left->row[i];

		ka_out_fmt(out, "%s\n{\"what\":\"%s\",\"object\":{", i ? "," : "", ka_leftover_name(l->kind));
		object(out, l->obj);
		ka_out_char(out, '}');
		if (l->subject) {
			ka_out_str(out, ",\"subject\":{");
			ka_subject_json(out, l->subject);
			ka_out_char(out, '}');
		}
		text(out, "reason", l->reason);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

void
ka_advice_json(struct ka_out *out, const struct ka_advice *a)
{
	size_t n = 0;

	ka_out_fmt(out, "{\"minWindow\":%g,\"generalize\":[", a->opts.min_window);
	for (unsigned bit = 1; bit <= a->opts.generalize; bit <<= 1)
		if (a->opts.generalize & bit)
			ka_out_fmt(out, "%s\"%s\"", n++ ? "," : "", ka_generalize_name(bit));
	ka_out_char(out, ']');
	if (a->log) {
		quality(out, ka_usage_quality(a->usage));
		audit_log(out, a->log);
	}
	ka_out_str(out, ",\"subjects\":[");
	for (size_t i = 0; i < a->n; i++) {
		ka_out_str(out, i ? ",\n" : "\n");
		subject(out, a, &a->size[i]);
	}
	ka_out_char(out, ']');
	leftovers(out, &a->leftovers);
	ka_out_str(out, "}\n");
}
