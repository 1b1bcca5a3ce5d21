#include "util/bytes.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/compress.h"
#include "util/str.h"

#include "util/banned.h"

#define SEEDS "testdata/fuzz/bytes/"
#define DOC                                                                                        \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":"      \
	"\"b\"}}\n"

/* All that comes out of b, and closes it. */
static int
drain(struct ka_bytes *b, size_t cap, struct ka_buf *ret, struct ka_err *err)
{
	struct ka_in in = ka_bytes_in(b);
	char buf[8192];
	size_t n;
	int r;

	ka_buf_init(ret, 256u << 20);
	while (!(r = in.read(in.arg, buf, cap, &n, err)) && n)
		assert_int_equal(ka_buf_add(ret, buf, n, NULL), 0);
	if (r) {
		/* Asked again it says the same again. */
		struct ka_err again;

		assert_int_equal(in.read(in.arg, buf, cap, &n, &again), -1);
		assert_int_equal(n, 0);
		assert_string_equal(again.msg, err->msg);
	} else {
		assert_int_equal(in.read(in.arg, buf, cap, &n, err), 0);
		assert_int_equal(n, 0);
	}
	ka_bytes_close(b);
	return r;
}

static struct ka_bytes *
seed(const char *name)
{
	char path[200];
	struct ka_bytes *b;
	struct ka_err err;

	snprintf(path, sizeof path, SEEDS "%s", name);
	b = ka_bytes_open(path, NULL, &err);
	if (!b)
		fail_msg("%s", err.msg);
	return b;
}

static void
repeats(const char *name, size_t times)
{
	static const size_t caps[] = { 1, 7, 100, 8192 };

	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
		struct ka_err err = { 0 };
		struct ka_buf b;

		if (drain(seed(name), caps[i], &b, &err))
			fail_msg("%s: %s", name, err.msg);
		assert_int_equal(b.len, times * strlen(DOC));
		for (size_t at = 0; at < b.len; at += strlen(DOC))
			assert_memory_equal(b.s + at, DOC, strlen(DOC));
		ka_buf_release(&b);
	}
}

static void
packed_or_not_the_same_bytes_come_out(void **state)
{
	(void)state;
	repeats("plain.json", 1);
	repeats("one.gz", 20);
	repeats("one.zst", 20);
}

static void
members_and_frames_are_read_one_after_another(void **state)
{
	(void)state;
	repeats("two-members.gz", 4);
	repeats("two-frames.zst", 4);
}

static void
what_surrounds_the_data_is_stepped_over(void **state)
{
	(void)state;
	repeats("padded.gz", 1);
	repeats("skippable.zst", 1);
}

static void
fails(const char *name, enum ka_errc code, const char *prefix)
{
	struct ka_err err = { 0 };
	struct ka_buf b;

	assert_int_equal(drain(seed(name), 8192, &b, &err), -1);
	if (err.code != code || !ka_str_has_prefix(err.msg, prefix))
		fail_msg("%s: %s", name, err.msg);
	ka_buf_release(&b);
}

static void
cut_streams_are_called_cut(void **state)
{
	(void)state;
	fails("cut.gz", KA_EFORMAT, "the gzip stream is cut");
	fails("cut.zst", KA_EFORMAT, "the zstd stream is cut");
}

static void
damaged_streams_are_called_damaged(void **state)
{
	(void)state;
	fails("damaged.gz", KA_EFORMAT, "the gzip stream is damaged: ");
	fails("trailing.gz", KA_EFORMAT, "the gzip stream is damaged: ");
	fails("damaged.zst", KA_EFORMAT, "the zstd stream is damaged: ");
}

/* Cut anywhere, a stream must not be taken for a whole one. */
static void
no_cut_goes_unnoticed(void **state)
{
	static const char *const names[] = { "one.gz", "fields.gz", "one.zst" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[200], packed[4096];
		struct ka_buf b;

		ssize_t len;
		int fd;

		snprintf(path, sizeof path, SEEDS "%s", names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		len = read(fd, packed, sizeof packed);
		close(fd);
		assert_in_range(len, 20, sizeof packed - 1);
		for (size_t cut = 4; cut < (size_t)len; cut++) {
			struct ka_err err = { 0 };

			if (!drain(ka_bytes_open_mem(packed, cut, NULL, NULL), 8192, &b, &err))
				fail_msg("%s cut to %zu", names[i], cut);
			assert_int_equal(err.code, KA_EFORMAT);
			ka_buf_release(&b);
		}
	}
}

static void
too_large_a_window_is_a_limit(void **state)
{
	(void)state;
	fails("long.zst", KA_ELIMIT, "the zstd stream needs a window of more than 128 MiB");
}

static void
nothing_gives_nothing(void **state)
{
	struct ka_bytes *b = ka_bytes_open_mem(NULL, 0, NULL, NULL);
	const char *head;
	struct ka_buf buf;
	size_t len = 9;

	(void)state;
	assert_int_equal(ka_bytes_peek(b, &head, &len, NULL), 0);
	assert_int_equal(len, 0);
	assert_int_equal(drain(b, 100, &buf, NULL), 0);
	assert_int_equal(buf.len, 0);
	ka_buf_release(&buf);
	ka_bytes_close(NULL);
}

static void
short_input_that_begins_like_a_packed_one_is_not_lost(void **state)
{
	struct ka_buf buf;

	(void)state;
	assert_int_equal(drain(seed("short-1f"), 100, &buf, NULL), 0);
	assert_int_equal(buf.len, 1);
	assert_int_equal(buf.s[0], 0x1f);
	ka_buf_release(&buf);
}

static void
output_past_the_size_limit_is_refused(void **state)
{
	static const char *const names[] = { "bomb.gz", "bomb.zst" };
	const struct ka_bytes_limits limits = { .max_out = 1u << 20, .max_ratio = 1000 };
	struct ka_buf buf;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ka_err err = { 0 };
		char path[200];

		snprintf(path, sizeof path, SEEDS "%s", names[i]);
		assert_int_equal(drain(ka_bytes_open(path, &limits, &err), 8192, &buf, &err), -1);
		assert_int_equal(err.code, KA_ELIMIT);
		assert_string_equal(err.msg,
				    "the input is larger than 1048576 bytes when unpacked; "
				    "--max-input-size raises this limit");
		assert_true(buf.len <= limits.max_out);
		ka_buf_release(&buf);
	}
}

static void
the_size_limit_holds_for_plain_input_and_not_for_what_just_fits(void **state)
{
	struct ka_bytes_limits limits = { .max_out = 5, .max_ratio = 1 };
	struct ka_err err = { 0 };
	struct ka_buf buf;

	(void)state;
	assert_int_equal(drain(ka_bytes_open_mem("12345", 5, &limits, &err), 100, &buf, &err), 0);
	assert_int_equal(buf.len, 5);
	ka_buf_release(&buf);
	assert_int_equal(drain(ka_bytes_open_mem("123456", 6, &limits, &err), 100, &buf, &err), -1);
	assert_int_equal(err.code, KA_ELIMIT);
	assert_string_equal(err.msg,
			    "the input is larger than 5 bytes; --max-input-size raises this limit");
	ka_buf_release(&buf);
}

/* mib of zeros, packed. */
static const char *
zeros(struct ka_out *out, struct ka_out *inner, size_t mib, size_t *ret_len)
{
	static const char zero[1 << 20];

	for (size_t i = 0; i < mib; i++)
		ka_out_bytes(out, zero, sizeof zero);
	return ka_out_memory(inner, ret_len);
}

static void
output_past_the_ratio_is_refused_from_64_mib_on(void **state)
{
	struct ka_bytes_limits limits = { .max_out = UINT64_MAX, .max_ratio = 500 };
	struct ka_out *inner = ka_out_mem(), *out = ka_out_gzip(inner);
	struct ka_err err = { 0 };
	struct ka_buf buf;
	const char *packed;
	size_t len;

	(void)state;
	/* The end is missing, as it may be: the limit must come before it does. */
	packed = zeros(out, inner, 80, &len);
	assert_int_equal(drain(ka_bytes_open_mem(packed, len, &limits, &err), 8192, &buf, &err),
			 -1);
	assert_int_equal(err.code, KA_ELIMIT);
	assert_string_equal(err.msg, "the input unpacks to more than 500 times its size; "
				     "--max-input-ratio raises this limit");
	assert_in_range(buf.len, 63u << 20, 64u << 20);
	ka_buf_release(&buf);
	limits.max_ratio = 2000;
	assert_int_equal(drain(ka_bytes_open_mem(packed, len, &limits, &err), 8192, &buf, &err),
			 -1);
	assert_int_equal(err.code, KA_EFORMAT);
	assert_true(buf.len > 70u << 20);
	ka_buf_release(&buf);
	ka_out_discard(out);
}

static void
peek_consumes_nothing(void **state)
{
	static const char *const names[] = { "plain.json", "one.gz", "one.zst" };
	static const size_t times[] = { 1, 20, 20 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ka_bytes *b = seed(names[i]);
		struct ka_buf buf;
		const char *head;
		size_t len;

		for (int again = 0; again < 2; again++) {
			assert_int_equal(ka_bytes_peek(b, &head, &len, NULL), 0);
			assert_int_equal(len, times[i] * strlen(DOC));
			assert_memory_equal(head, DOC, strlen(DOC));
		}
		assert_int_equal(drain(b, 100, &buf, NULL), 0);
		assert_int_equal(buf.len, len);
		ka_buf_release(&buf);
	}
}

static void
peek_stops_at_4096_bytes_and_the_rest_follows(void **state)
{
	struct ka_bytes *b = seed("bomb.zst");
	struct ka_buf buf;
	const char *head;
	size_t len;

	(void)state;
	assert_int_equal(ka_bytes_peek(b, &head, &len, NULL), 0);
	assert_int_equal(len, 4096);
	assert_int_equal(drain(b, 8192, &buf, NULL), 0);
	assert_int_equal(buf.len, 4u << 20);
	ka_buf_release(&buf);
}

static void
peek_fails_only_when_there_is_nothing_to_show(void **state)
{
	struct ka_bytes *b = ka_bytes_open_mem("\x1f\x8b\x09\0\0\0\0\0\0\0", 10, NULL, NULL);
	struct ka_err err;
	const char *head;
	size_t len;

	(void)state;
	for (int again = 0; again < 2; again++) {
		assert_int_equal(ka_bytes_peek(b, &head, &len, &err), -1);
		assert_int_equal(err.code, KA_EFORMAT);
	}
	ka_bytes_close(b);
	b = seed("trailing.gz");
	assert_int_equal(ka_bytes_peek(b, &head, &len, &err), 0);
	assert_int_equal(len, strlen(DOC));
	ka_bytes_close(b);
}

static void
files_that_cannot_be_read_are_told(void **state)
{
	struct ka_err err;
	struct ka_buf buf;

	(void)state;
	assert_null(ka_bytes_open("no/such/file", NULL, &err));
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "opening no/such/file: No such file or directory");
	assert_int_equal(drain(ka_bytes_open(".", NULL, &err), 100, &buf, &err), -1);
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "reading .: Is a directory");
	ka_buf_release(&buf);
}

/* The first bytes of a pipe may come one by one. */
static void
standard_input_may_come_in_drops(void **state)
{
	static const unsigned char gz[] = { 0x1f, 0x8b };
	int pipe_fd[2], old = dup(STDIN_FILENO);
	struct ka_err err = { 0 };
	struct ka_buf buf;

	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipe_fd), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (!pid) {
		for (size_t i = 0; i < sizeof gz; i++) {
			usleep(2000);
			if (write(pipe_fd[1], gz + i, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(pipe_fd[1]);
	assert_int_equal(dup2(pipe_fd[0], STDIN_FILENO), STDIN_FILENO);
	close(pipe_fd[0]);
	assert_int_equal(drain(ka_bytes_open("-", NULL, &err), 100, &buf, &err), -1);
	assert_string_equal(err.msg, "the gzip stream is cut");
	/* Standard input is not ours to close. */
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	dup2(old, STDIN_FILENO);
	close(old);
	ka_buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packed_or_not_the_same_bytes_come_out),
		cmocka_unit_test(members_and_frames_are_read_one_after_another),
		cmocka_unit_test(what_surrounds_the_data_is_stepped_over),
		cmocka_unit_test(cut_streams_are_called_cut),
		cmocka_unit_test(damaged_streams_are_called_damaged),
		cmocka_unit_test(no_cut_goes_unnoticed),
		cmocka_unit_test(too_large_a_window_is_a_limit),
		cmocka_unit_test(nothing_gives_nothing),
		cmocka_unit_test(short_input_that_begins_like_a_packed_one_is_not_lost),
		cmocka_unit_test(output_past_the_size_limit_is_refused),
		cmocka_unit_test(the_size_limit_holds_for_plain_input_and_not_for_what_just_fits),
		cmocka_unit_test(output_past_the_ratio_is_refused_from_64_mib_on),
		cmocka_unit_test(peek_consumes_nothing),
		cmocka_unit_test(peek_stops_at_4096_bytes_and_the_rest_follows),
		cmocka_unit_test(peek_fails_only_when_there_is_nothing_to_show),
		cmocka_unit_test(files_that_cannot_be_read_are_told),
		cmocka_unit_test(standard_input_may_come_in_drops),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
