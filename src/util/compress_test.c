#include "util/compress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/bytes.h"
#include "util/hash.h"
#include "util/out_hook.h"
#include "util/str.h"

#include "util/banned.h"

typedef struct ka_out *wrap_fn(struct ka_out *take_inner);

static wrap_fn *const wraps[] = { ka_out_gzip, ka_out_zstd };

/* What reaches the inner writer outlives it here. */
static int
keep_write(void *arg, const void *bytes, size_t len, struct ka_err *err)
{
	return ka_buf_add(arg, bytes, len, err);
}

static int
keep_close(void *arg, bool keep, struct ka_err *err)
{
	struct ka_buf *b = arg;

	(void)err;
	if (!keep)
		ka_buf_clear(b);
	return 0;
}

static const struct ka_out_hook keep_hook = { .write = keep_write, .close = keep_close };

/* Half of it repeats, half of it does not. */
static void
fill(unsigned char *text, size_t len)
{
	for (uint64_t i = 0; i < len; i++)
		text[i] = i / 500 % 2 ? (unsigned char)ka_hash_bytes(&i, sizeof i, 1) : 'a';
}

static int
compress(wrap_fn *wrap, const void *text, size_t len, size_t piece, struct ka_buf *ret)
{
	struct ka_out *out;

	ka_buf_init(ret, 64u << 20);
	out = wrap(ka_out_hook(&keep_hook, ret));
	for (size_t at = 0; at < len; at += piece)
		ka_out_bytes(out, (const char *)text + at, len - at < piece ? len - at : piece);
	return ka_out_close(out, NULL);
}

static void
what_is_compressed_comes_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 1000, 300000, 3000000 };
	unsigned char *text = malloc(3000000), *back = malloc(3000001);

	(void)state;
	assert_true(text && back);
	fill(text, 3000000);
	for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
		size_t len = sizes[i / 2], at = 0, n;
		struct ka_buf packed;
		struct ka_bytes *b;
		struct ka_in in;

		assert_int_equal(compress(wraps[i % 2], text, len, 70000, &packed), 0);
		assert_true(packed.len > 0);
		assert_true(len < 100000 || packed.len < len);
		b = ka_bytes_open_mem(packed.s, packed.len, NULL, NULL);
		in = ka_bytes_in(b);
		do {
			assert_int_equal(in.read(in.arg, back + at, 3000001 - at, &n, NULL), 0);
			at += n;
		} while (n);
		assert_int_equal(at, len);
		assert_memory_equal(back, text, len);
		ka_bytes_close(b);
		ka_buf_release(&packed);
	}
	free(text);
	free(back);
}

static void
the_same_input_gives_the_same_bytes(void **state)
{
	unsigned char *text = malloc(1000000);

	(void)state;
	assert_non_null(text);
	fill(text, 1000000);
	for (size_t i = 0; i < 2; i++) {
		struct ka_buf a, b;

		compress(wraps[i], text, 1000000, 1000000, &a);
		compress(wraps[i], text, 1000000, 1000000, &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.s, b.s, a.len);
		ka_buf_release(&a);
		ka_buf_release(&b);
	}
	free(text);
}

static void
the_gzip_header_tells_no_time_and_no_system(void **state)
{
	static const unsigned char want[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	struct ka_buf packed;

	(void)state;
	compress(ka_out_gzip, "abc", 3, 3, &packed);
	assert_memory_equal(packed.s, want, sizeof want);
	ka_buf_release(&packed);
}

static void
discard_discards_the_inner_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ka_buf packed;
		struct ka_out *out;

		ka_buf_init(&packed, 1 << 20);
		out = wraps[i](ka_out_hook(&keep_hook, &packed));
		for (int n = 0; n < 500000; n++)
			ka_out_uint(out, ka_hash_bytes(&n, sizeof n, 1));
		ka_out_discard(out);
		assert_int_equal(packed.len, 0);
		ka_buf_release(&packed);
	}
}

static void
errors_of_the_inner_one_are_told_at_close(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ka_out *inner = ka_out_file("/dev/full", NULL), *out;
		struct ka_err err;

		if (!inner)
			skip();
		out = wraps[i](inner);
		ka_out_str(out, "abc");
		assert_int_equal(ka_out_close(out, &err), -1);
		assert_string_equal(err.msg, "writing /dev/full: No space left on device");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_compressed_comes_back),
		cmocka_unit_test(the_same_input_gives_the_same_bytes),
		cmocka_unit_test(the_gzip_header_tells_no_time_and_no_system),
		cmocka_unit_test(discard_discards_the_inner_one),
		cmocka_unit_test(errors_of_the_inner_one_are_told_at_close),
	};

	return cmocka_run_group_tests_name("compress", tests, NULL, NULL);
}
