/* One line a subject. */
#include <stdio.h>
#include <string.h>

#include "cli/rightsize_out.h"

#include "util/banned.h"

enum { MAX_WIDTH = 60 };

static const char *
what_to_do(const struct ka_rightsize *s, char buf[256])
{
	switch (s->verdict) {
	case KA_RIGHTSIZE_CHANGE:
		snprintf(buf, 256, "%zu rules in %zu roles instead of %zu bindings", s->nrules, s->nroles, s->nbindings);
		break;
	case KA_RIGHTSIZE_FITS:
		return "nothing: it uses all that it has";
	case KA_RIGHTSIZE_NOTHING:
		return "nothing: no binding names it";
	case KA_RIGHTSIZE_MASTER:
		return "nothing: in system:masters, whom no role confines";
	case KA_RIGHTSIZE_THIN:
		snprintf(buf, 256, "nothing yet: %s", s->why);
		break;
	}
	return buf;
}

static void
row(struct ka_out *out, const struct ka_rightsize *s, int width)
{
	const size_t used = s->natoms - s->nunused - s->nunobservable;
	char name[512], buf[256];
	const char *text = ka_subject_text(&s->subject, name);

	ka_out_term(out, text);
	for (int i = (int)strlen(text); i < width; i++)
		ka_out_char(out, ' ');
	ka_out_fmt(out, " %6zu %6zu ", s->natoms, used);
	if (s->natoms)
		ka_out_fmt(out, "%6.0f%%", 100.0 * (double)(s->natoms - used) / (double)s->natoms);
	else
		ka_out_str(out, "      -");
	ka_out_fmt(out, "  %-10s ", ka_advised(s) ? ka_confidence_name(s->confidence) : "-");
	ka_out_term(out, what_to_do(s, buf));
	ka_out_char(out, '\n');
}

static int
column(const struct ka_advice *a)
{
	int width = (int)strlen("SUBJECT");
	char name[512];

	for (size_t i = 0; i < a->n; i++) {
		int len = (int)strlen(ka_subject_text(&a->size[i].subject, name));

		if (len > width)
			width = len;
	}
	return width < MAX_WIDTH ? width : MAX_WIDTH;
}

static void
leftovers(struct ka_out *out, const struct ka_advice *a)
{
	if (!a->leftovers.n)
		return;
	ka_out_str(out, a->n ? "\nBy configuration alone:\n" : "By configuration alone:\n");
	for (size_t i = 0; i < a->leftovers.n; i++) {
		const struct ka_leftover *l = &a->leftovers.row[i];

		ka_out_fmt(out, "  %-18s %s ", ka_leftover_name(l->kind), l->obj->kind_name);
		if (l->obj->namespace) {
			ka_out_term(out, l->obj->namespace);
			ka_out_char(out, '/');
		}
		ka_out_term(out, l->obj->name);
		ka_out_str(out, ": ");
		ka_out_term(out, l->reason);
		ka_out_char(out, '\n');
	}
}

void
ka_advice_text(struct ka_out *out, const struct ka_advice *a)
{
	int width = column(a);

	if (a->n) {
		ka_out_fmt(out, "%-*s %6s %6s %7s  %-10s %s\n", width, "SUBJECT", "HELD", "USED", "UNUSED", "CONFIDENCE",
			   "WHAT TO DO");
		for (size_t i = 0; i < a->n; i++)
			row(out, &a->size[i], width);
	}
	leftovers(out, a);
	if (!a->n && !a->leftovers.n)
		ka_out_str(out, "nothing to say\n");
}
