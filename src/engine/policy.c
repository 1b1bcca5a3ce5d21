#include "engine/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/policy_decode.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/read.h"
#include "util/sha256.h"
#include "util/str.h"

#include "util/banned.h"

/* A policy is written by people; larger than this it is some other file. */
#define FILE_MAX ((size_t)4 << 20)

struct source { /* text in memory, as ka_in wants it */
	const char *text;
	size_t left;
};
struct parse {
	struct ka_policy *p;
	const struct ka_catalog *catalog;
	bool met;	   /* a document */
	struct ka_err bad; /* from the reader's bad(), which has no way to return it */
};

static int
read_text(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct source *s = arg;
	size_t len = s->left < cap ? s->left : cap;

	(void)err;
	memcpy(buf, s->text, len);
	s->text += len;
	s->left -= len;
	*ret_len = len;
	return 0;
}

static int
take_document(void *arg, struct ka_tape *tape, const struct ka_node *root,
	      const struct ka_list_head *head, struct ka_err *err)
{
	struct parse *parse = arg;

	(void)head;
	if (parse->met)
		return ka_err_set(err, KA_EUSAGE, "%s:%u: a second document: a policy is one",
				  parse->p->file, ka_tape_line(tape, root));
	parse->met = true;
	return ka_policy_decode(parse->p, parse->catalog, tape, root, err);
}

static int
take_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	struct parse *parse = arg;

	(void)head;
	return ka_err_set(err, KA_EUSAGE, "%s:%u: a list of objects, not a policy", parse->p->file,
			  line);
}

static int
take_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct parse *parse = arg;

	(void)kind_hint;
	return ka_err_set(&parse->bad, KA_EFORMAT, "%s:%u: %s", parse->p->file, line, why->msg);
}

static int
digest(const char *text, size_t len, char ret[65], struct ka_err *err)
{
	struct ka_sha256 *sha = ka_sha256_new(err);

	if (!sha)
		return -1;
	ka_sha256_add(sha, text, len);
	ka_sha256_hex(sha, ret);
	ka_sha256_free(sha);
	return 0;
}

int
ka_policy_parse(const char *text, size_t len, const char *file, const struct ka_catalog *catalog,
		struct ka_policy **ret, struct ka_err *err)
{
	struct ka_policy *p = ka_xcalloc(1, sizeof *p);
	struct parse parse = { .p = p, .catalog = catalog };
	struct source source = { text, len };
	const struct ka_in in = { .read = read_text, .arg = &source };
	const struct ka_sink sink = {
		.arg = &parse, .value = take_document, .list = take_list, .bad = take_bad
	};
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	int rc;

	p->arena = ka_arena_new();
	p->file = ka_arena_strndup(p->arena, file, strlen(file));
	rc = digest(text, len, p->sha256, err) || ka_yaml_read(&in, &limits, &sink, err) ? -1 : 0;
	if (parse.bad.code != KA_OK) {
		rc = -1;
		if (err)
			*err = parse.bad;
	}
	if (!rc && !parse.met)
		rc = ka_err_set(err, KA_EUSAGE, "%s: the file is empty", file);
	if (rc) {
		ka_policy_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}

static int
slurp(const char *path, struct ka_buf *b, struct ka_err *err)
{
	FILE *f = fopen(path, "re");
	char chunk[16384];
	size_t n;
	int rc = 0;

	if (!f)
		return ka_err_sys(err, errno, "%s", path);
	while (!rc && (n = fread(chunk, 1, sizeof chunk, f)))
		if (ka_buf_add(b, chunk, n, err))
			rc = ka_err_wrap(err, "%s", path);
	if (!rc && ferror(f))
		rc = ka_err_sys(err, errno, "%s", path);
	fclose(f);
	return rc;
}

int
ka_policy_load(const char *path, const struct ka_catalog *catalog, struct ka_policy **ret,
	       struct ka_err *err)
{
	struct ka_buf b;
	int rc;

	ka_buf_init(&b, FILE_MAX);
	rc = slurp(path, &b, err);
	if (!rc)
		rc = ka_policy_parse(b.s, b.len, path, catalog, ret, err);
	ka_buf_release(&b);
	return rc;
}

void
ka_policy_free(struct ka_policy *p)
{
	if (!p)
		return;
	ka_arena_free(p->arena);
	free(p);
}

const struct ka_policy_rule *
ka_policy_rule(const struct ka_policy *p, const struct ka_check *check)
{
	for (size_t i = 0; p && i < p->nrules; i++)
		if (p->rule[i].check == check)
			return &p->rule[i];
	return NULL;
}
