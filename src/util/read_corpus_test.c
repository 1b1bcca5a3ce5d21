/* Outside collections of JSON and YAML cases, when there are some: KASSAY_CORPUS names a folder
 * with json/test_parsing (file names begin with y, n or i: accept, refuse, either) and yaml/src
 * (cases as YAML documents, their values as JSON). */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/read.h"
#include "util/read_testing.h"

/* Those that may go either way: the ones accepted. */
static const char *const either_accepted[] = {
	"i_number_double_huge_neg_exp.json", "i_number_huge_exp.json",
	"i_number_neg_int_huge_exp.json",    "i_number_pos_double_huge_exp.json",
	"i_number_real_neg_overflow.json",   "i_number_real_pos_overflow.json",
	"i_number_real_underflow.json",	     "i_number_too_big_neg_int.json",
	"i_number_too_big_pos_int.json",     "i_number_very_big_negative_int.json",
};

/* Those to accept that are refused here, with the reason. */
static const char *const refused[] = {
	"y_object_duplicated_key.json", /* one of the two would be hidden from the audit */
	"y_object_duplicated_key_and_value.json", /* the same */
	"y_object_escaped_null_in_key.json",	  /* NUL: no Kubernetes string has one */
	"y_string_null_escape.json",		  /* the same */
};

/* YAML cases, by file and number in it, whose outcome is not YAML 1.2's. */
static const struct {
	const char *why;
	const char *name[12];
} differing[] = {
	{ "libyaml knows %YAML and %TAG of YAML 1.1 only", { "2LFX/1", "6LVF/1", "BEC7/1" } },
	{ "libyaml takes ':' for a part of an anchor's name, or of what follows it",
	  { "2SXE/1", "Y2GN/1", "W5VH/1", "8XYN/1" } },
	{ "libyaml wants a flow mapping's ':' right behind its key, on the same line",
	  { "4MUZ/1", "4MUZ/3", "5MUD/1", "9SA2/1", "K3WX/1", "NJ66/1", "VJP3/2" } },
	{ "libyaml does not begin a plain scalar with ':' or '?' here",
	  { "58MP/1", "5T43/1", "652Z/1", "DBG4/1", "HM87/1", "HM87/2" } },
	{ "libyaml does not take tabs for space here",
	  { "6BCT/1", "6CA3/1", "96NN/1", "A2M4/1", "DK95/1", "DK95/4", "DK95/5", "DK95/8",
	    "Q5MG/1", "R4YG/1", "Y79Y/2", "Y79Y/11" } },
	{ "libyaml ends a block scalar without indentation at once",
	  { "DK3J/1", "FP8R/1", "M7A3/1", "W4TN/1" } },
	{ "libyaml takes a '%' at the beginning of a line for a directive, or a directive for text",
	  { "UT92/1", "ZYU8/1" } },
	{ "libyaml's newline at the end of a literal", { "L24T/2" } },
	{ "!!binary is decoded, and here it is no text", { "565N/1" } },
	{ "an empty document is skipped", { "6XDY/1", "6ZKB/1", "9DXL/1", "MUS6/3", "PUW8/1" } },
	{ "y is true in YAML 1.1", { "C4HZ/1" } },
	{ "what a merge brings comes last", { "RR7F/1" } },
};

static bool
is_in(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static char *
read_file(const char *dir, const char *name, size_t *ret_len)
{
	char path[1000];
	size_t cap = 1 << 22;
	char *s = ka_xmalloc(cap);
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	*ret_len = fread(s, 1, cap - 1, f);
	s[*ret_len] = '\0';
	fclose(f);
	return s;
}

static int
no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The folder KASSAY_CORPUS/sub, or the test is skipped. */
static const char *
folder(const char *sub)
{
	static char path[900];
	const char *corpus = getenv("KASSAY_CORPUS");

	if (!corpus || !*corpus) {
		print_message("KASSAY_CORPUS is not set\n");
		skip();
	}
	snprintf(path, sizeof path, "%s/%s", corpus ? corpus : "", sub);
	return path;
}

static void
json_cases_are_accepted_and_refused_as_named(void **state)
{
	const char *dir = folder("json/test_parsing");
	struct dirent **d;
	int n = scandir(dir, &d, no_dots, alphasort), wrong = 0;
	struct ka_tape t;

	(void)state;
	assert_true(n > 0);
	ka_tape_init(&t);
	for (int i = 0; i < n; i++) {
		const char *name = d[i]->d_name;
		size_t len;
		char *text = read_file(dir, name, &len);
		struct ka_err err = { KA_OK, "" };
		bool ok = ka_json_parse(&t, text, len, NULL, &err) == 0, want = name[0] == 'y';

		if (name[0] == 'i')
			want = is_in(either_accepted,
				     sizeof either_accepted / sizeof *either_accepted, name);
		if (is_in(refused, sizeof refused / sizeof *refused, name))
			want = false;
		if (ok != want) {
			print_message("%s: %s %s\n", name, ok ? "accepted" : "refused", err.msg);
			wrong++;
		}
		free(text);
		free(d[i]);
	}
	free(d);
	ka_tape_release(&t);
	assert_int_equal(wrong, 0);
}

static void
replace_all(struct ka_buf *b, const char *from, const char *to)
{
	struct ka_buf out;
	const char *s = b->s, *hit;

	ka_buf_init(&out, 1 << 20);
	while ((hit = strstr(s, from))) {
		ka_buf_add(&out, s, (size_t)(hit - s), NULL);
		ka_buf_add(&out, to, strlen(to), NULL);
		s = hit + strlen(from);
	}
	ka_buf_add(&out, s, strlen(s), NULL);
	ka_buf_release(b);
	*b = out;
}

/* The collection writes white space that would not survive as visible characters. */
static void
make_visible_invisible(struct ka_buf *b)
{
	replace_all(b, "\xe2\x90\xa3", " ");
	replace_all(b, "\xe2\x80\x94", "");
	replace_all(b, "\xc2\xbb", "\t");
	replace_all(b, "\xe2\x86\xb5", "");
	replace_all(b, "\xe2\x87\x94", "\xef\xbb\xbf");
	replace_all(b, "\xe2\x86\x90", "\r");
	if (b->len >= 4 && memcmp(b->s + b->len - 4, "\xe2\x88\x8e\n", 4) == 0) {
		b->len -= 4;
		b->s[b->len] = '\0';
	}
}

struct suite {
	const char *file;
	unsigned number; /* in the file */
	unsigned same, fail_seen, fail_accepted, other;
};

/* Only the values: a log without its line numbers and messages. */
static void
values_only(struct log *l)
{
	struct ka_buf out;
	char *s = l->text.s;

	ka_buf_init(&out, 1 << 20);
	while (*s) {
		char *nl = strchr(s, '\n'), *space = strchr(s, ' ');

		if (strncmp(space, " bad ", 5) == 0)
			ka_buf_add(&out, "bad\n", 4, NULL);
		else
			ka_buf_add(&out, space + 1, (size_t)(nl - space), NULL);
		s = nl + 1;
	}
	ka_buf_release(&l->text);
	l->text = out;
}

static void
run_text(struct log *l, ka_reader_fn *reader, const struct ka_buf *text)
{
	struct text_in in = { .s = text->s, .len = text->len, .piece = SIZE_MAX };

	log_clear(l);
	assert_int_equal(log_read(l, reader, &in, NULL), 0);
	values_only(l);
}

static bool
differs_for_a_reason(const struct suite *s)
{
	char name[300];

	snprintf(name, sizeof name, "%.4s/%u", s->file, s->number);
	for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
		for (size_t k = 0; k < 12 && differing[i].name[k]; k++)
			if (strcmp(name, differing[i].name[k]) == 0)
				return true;
	return false;
}

static void
run_case(struct suite *s, struct ka_tape *t, const struct ka_node *c)
{
	const struct ka_node *yaml = ka_tape_get(t, c, "yaml"), *json = ka_tape_get(t, c, "json");
	struct log got = { 0 }, want = { 0 };
	struct ka_buf text;
	const char *p;
	size_t len;

	s->number++;
	if (!yaml)
		return;
	ka_buf_init(&text, 1 << 20);
	ka_buf_init(&got.text, 1 << 20);
	ka_buf_init(&want.text, 1 << 20);
	p = ka_tape_text(t, yaml, &len);
	ka_buf_add(&text, p, len, NULL);
	make_visible_invisible(&text);
	run_text(&got, ka_yaml_read, &text);
	if (ka_tape_get(t, c, "fail")) {
		s->fail_seen += got.bads > 0;
		s->fail_accepted += got.bads == 0;
	} else if (json && json->type == KA_STRING) {
		p = ka_tape_text(t, json, &len);
		ka_buf_clear(&text);
		ka_buf_add(&text, p, len, NULL);
		run_text(&want, ka_json_read, &text);
		if (strcmp(got.text.s, want.text.s) == 0) {
			s->same++;
		} else if (!differs_for_a_reason(s)) {
			print_message("%.4s/%u: got\n%swanted\n%s", s->file, s->number, got.text.s,
				      want.text.s);
			s->other++;
		}
	}
	ka_buf_release(&text);
	ka_buf_release(&got.text);
	ka_buf_release(&want.text);
}

static int
run_cases(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	  struct ka_err *err)
{
	(void)head;
	(void)err;
	for (const struct ka_node *c = ka_tape_first(t, root); c; c = ka_tape_after(t, root, c))
		run_case(arg, t, c);
	return 0;
}

static int
bad_suite(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct suite *s = arg;

	(void)kind_hint;
	print_message("%s:%u: %s\n", s->file, line, why->msg);
	s->other++;
	return 0;
}

static void
yaml_cases_give_the_values_of_their_json(void **state)
{
	const char *dir = folder("yaml/src");
	struct dirent **d;
	int n = scandir(dir, &d, no_dots, alphasort);
	struct suite s = { 0 };

	(void)state;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		struct text_in text = { .piece = SIZE_MAX };
		struct ka_in in = { .read = text_read, .arg = &text };
		struct ka_sink sink = { .arg = &s, .value = run_cases, .bad = bad_suite };
		char *file = read_file(dir, d[i]->d_name, &text.len);

		text.s = file;
		s.file = d[i]->d_name;
		s.number = 0;
		assert_int_equal(ka_yaml_read(&in, NULL, &sink, NULL), 0);
		free(file);
		free(d[i]);
	}
	free(d);
	print_message("%u with the same values; of those to fail %u did and %u did not\n", s.same,
		      s.fail_seen, s.fail_accepted);
	assert_int_equal(s.other, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_cases_are_accepted_and_refused_as_named),
		cmocka_unit_test(yaml_cases_give_the_values_of_their_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
