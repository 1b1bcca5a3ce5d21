/* YAML documents, one libyaml parser each, and lists item by item: an item that was handed over is
 * cut off the tape again. */
#include <inttypes.h>
#include <string.h>

#include <yaml.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/read.h"
#include "util/yaml_build.h"
#include "util/yaml_split.h"

/* What libyaml and the splitter may have read ahead of the event at hand. */
#define READ_AHEAD (128u << 10)

struct reader {
	const struct ka_sink *sink;
	struct ka_err *err;
	struct ka_yaml_split split;
	struct ka_yaml_build build;
	struct ka_tape tape;
	yaml_parser_t parser;
	bool ended; /* the sink had enough, *err is set */
	/* The document: */
	uint32_t line;	     /* where it begins */
	uint32_t value_line; /* and the item at hand */
	struct ka_list_state list;
	uint32_t items;	    /* node of the list's array, 0: no list */
	uint32_t held_from; /* first node of the items that wait for the list's kind, 0: none do */
	uint32_t item;	    /* first node of the item at hand */
	size_t aside_mark;  /* text kept when the current item began */
	uint32_t anchor_mark;
	uint64_t value_mark; /* bytes of the segment given out when the current value began */
	size_t index_mark;   /* and where that is for libyaml */
	bool too_large;
};

static int
give(void *arg, unsigned char *to, size_t cap, size_t *ret_len)
{
	struct reader *r = arg;

	*ret_len = ka_yaml_split_read(&r->split, (char *)to, cap);
	if (r->split.failed)
		return 0;
	if (r->split.given - r->value_mark > r->build.limits.value + READ_AHEAD)
		r->too_large = true;
	return !r->too_large;
}

static int
bad(struct reader *r, uint32_t line, enum ka_errc code, const char *msg)
{
	r->build.err_line = line;
	return ka_err_set(&r->build.err, code, "%s", msg);
}

static int
too_large(struct reader *r)
{
	r->build.err_line = r->value_line;
	return ka_err_set(&r->build.err, KA_ELIMIT, "larger than %zu bytes (--max-object-size)",
			  r->build.limits.value);
}

/* Puts libyaml's complaint into build.err. */
static int
parser_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	uint32_t line = r->split.first_line + (uint32_t)p->problem_mark.line;

	if (r->too_large)
		return too_large(r);
	if (p->error == YAML_READER_ERROR)
		line = ka_yaml_split_line_at(&r->split, p->problem_offset);
	r->build.err_line = line;
	if (!p->problem)
		return bad(r, line, KA_EFORMAT, "not YAML");
	if (!p->context)
		return bad(r, line, KA_EFORMAT, p->problem);
	return ka_err_set(&r->build.err, KA_EFORMAT, "%s %s", p->problem, p->context);
}

static int
deliver(struct reader *r, uint32_t node)
{
	static const struct ka_list_head none;
	const struct ka_list_head *head = &none;

	if (r->items && node) {
		r->list.head.items++;
		head = &r->list.head;
	}
	if (r->sink->value(r->sink->arg, &r->tape, &r->tape.node[node], head, r->err) < 0) {
		r->ended = true;
		return -1;
	}
	return 0;
}

/* A sequence has just been opened: is it the items of a list? */
static void
maybe_items(struct reader *r)
{
	struct ka_yaml_build *b = &r->build;
	struct ka_tape *t = &r->tape;
	uint32_t key = t->n - 2;

	if (b->depth != 2 || !b->frame[0].object || r->items ||
	    !ka_tape_peek_is(t, &t->node[key], "items"))
		return;
	/* The root as far as it goes. */
	t->node[0].len = b->frame[0].count;
	t->node[0].next = key;
	ka_list_learn(&r->list, t, t->node);
	t->node[0].next = 0;
	if (!r->list.kind_known || r->list.is_list)
		r->items = t->n - 1;
}

static bool
in_items(const struct reader *r)
{
	return r->items && r->build.depth == 2 && r->build.frame[1].node == r->items;
}

/* A list item is complete: hands it over and forgets it, or leaves it on the tape until more is
 * known. */
static int
item_done(struct reader *r)
{
	struct ka_tape *t = &r->tape;
	uint32_t node = r->item;

	if (!r->list.kind_known && !r->held_from && !ka_list_item_has_kind(t, &t->node[node]))
		r->held_from = node;
	if (r->held_from)
		return 0;
	if (deliver(r, node) < 0)
		return -1;
	t->n = node;
	/* Text under an anchor may be wanted again. */
	if (r->build.anchors.n == r->anchor_mark)
		t->aside_len = r->aside_mark;
	return 0;
}

/* The document's last event was seen. */
static int
document_done(struct reader *r)
{
	const struct ka_tape *t = &r->tape;

	if (!t->n)
		return 0;
	if (!r->items) {
		if (t->n == 1 && t->node[0].type == KA_NULL)
			return 0;
		return deliver(r, 0);
	}
	ka_list_learn(&r->list, t, t->node);
	if (!r->list.is_list && !r->list.head.items) {
		r->items = 0;
		return deliver(r, 0);
	}
	if (r->held_from)
		for (uint32_t i = r->held_from; i < t->node[r->items].next; i = t->node[i].next)
			if (deliver(r, i) < 0)
				return -1;
	if (r->sink->list(r->sink->arg, &r->list.head, r->line, r->err) < 0) {
		r->ended = true;
		return -1;
	}
	return 0;
}

static void
document_start(struct reader *r, const yaml_event_t *e)
{
	ka_yaml_build_clear(&r->build);
	ka_list_clear(&r->list);
	r->items = r->held_from = 0;
	r->index_mark = e->start_mark.index;
}

/* An event inside a document. */
static int
node_event(struct reader *r, const yaml_event_t *e)
{
	struct ka_yaml_build *b = &r->build;
	uint32_t line = r->split.first_line + (uint32_t)e->start_mark.line;
	struct ka_yaml_text s;

	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return ka_yaml_build_alias(b, (const char *)e->data.alias.anchor, line);
	case YAML_SCALAR_EVENT:
		s = (struct ka_yaml_text){
			.text = (char *)e->data.scalar.value,
			.len = e->data.scalar.length,
			.tag = (const char *)e->data.scalar.tag,
			.anchor = (const char *)e->data.scalar.anchor,
			.plain = e->data.scalar.plain_implicit,
			.line = line,
		};
		return ka_yaml_build_scalar(b, &s);
	case YAML_SEQUENCE_START_EVENT:
		if (ka_yaml_build_open(b, false, (const char *)e->data.sequence_start.anchor,
				       line) < 0)
			return -1;
		maybe_items(r);
		return 0;
	case YAML_MAPPING_START_EVENT:
		return ka_yaml_build_open(b, true, (const char *)e->data.mapping_start.anchor,
					  line);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return ka_yaml_build_close(b);
	default:
		return 0;
	}
}

/* Any event.  List items are looked at as they begin and as they end. */
static int
event(struct reader *r, const yaml_event_t *e)
{
	bool begins = in_items(r) && e->type != YAML_SEQUENCE_END_EVENT;
	bool ends = e->type == YAML_SEQUENCE_END_EVENT || e->type == YAML_MAPPING_END_EVENT;

	if (e->type == YAML_DOCUMENT_START_EVENT)
		document_start(r, e);
	if (!r->tape.n) /* the "---" is not the document */
		r->line = r->value_line = r->split.first_line + (uint32_t)e->start_mark.line;
	if (e->end_mark.index - r->index_mark > r->build.limits.value)
		return too_large(r);
	if (e->type == YAML_DOCUMENT_END_EVENT)
		return document_done(r);
	if (begins) {
		r->item = r->tape.n;
		r->aside_mark = r->tape.aside_len;
		r->anchor_mark = r->build.anchors.n;
		r->value_line = r->split.first_line + (uint32_t)e->start_mark.line;
	}
	if (node_event(r, e) < 0)
		return -1;
	if (!in_items(r) || !(begins || ends))
		return 0;
	if (item_done(r) < 0)
		return -1;
	if (!r->held_from) {
		r->index_mark = e->end_mark.index;
		r->value_mark = r->split.given;
	}
	return 0;
}

/* Parses the segment to its end.  -1: build.err, or the sink had enough. */
static int
parse(struct reader *r)
{
	yaml_event_type_t type = YAML_NO_EVENT;

	while (type != YAML_STREAM_END_EVENT) {
		yaml_event_t e;
		int rc;

		if (!yaml_parser_parse(&r->parser, &e))
			return r->split.failed ? -1 : parser_error(r);
		type = e.type;
		rc = event(r, &e);
		yaml_event_delete(&e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int
report(struct reader *r)
{
	char *kind;
	const char *hint;
	int rc;

	if (r->split.failed || r->ended)
		return -1;
	ka_yaml_split_drain(&r->split);
	kind = r->split.kind[0] ? ka_xstrdup(r->split.kind) : ka_tape_broken_kind(&r->tape);
	hint = r->items ? "List" : ka_list_hint(kind);
	rc = r->sink->bad(r->sink->arg, r->build.err_line, hint, &r->build.err);
	free(kind);
	if (rc < 0 && r->err)
		*r->err = r->build.err;
	return rc;
}

static int
segment(struct reader *r)
{
	int rc;

	if (!yaml_parser_initialize(&r->parser))
		return ka_err_set(r->err, KA_EIO, "no memory for the YAML parser");
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&r->parser, give, r);
	r->line = r->value_line = r->split.first_line;
	r->items = 0;
	r->value_mark = r->index_mark = 0;
	r->too_large = false;
	rc = parse(r);
	if (rc < 0)
		rc = report(r);
	yaml_parser_delete(&r->parser);
	ka_yaml_build_clear(&r->build);
	ka_list_clear(&r->list);
	return rc;
}

int
ka_yaml_read(const struct ka_in *in, const struct ka_limits *limits, const struct ka_sink *sink,
	     struct ka_err *err)
{
	struct reader r = { .sink = sink, .err = err };
	int rc = 0;

	ka_tape_init(&r.tape);
	ka_yaml_build_init(&r.build, &r.tape, limits);
	ka_yaml_split_init(&r.split, in, err);
	while (rc == 0 && ka_yaml_split_next(&r.split))
		rc = segment(&r);
	if (r.split.failed)
		rc = -1;
	ka_yaml_split_release(&r.split);
	ka_yaml_build_release(&r.build);
	ka_tape_release(&r.tape);
	return rc < 0 ? -1 : 0;
}
