#include "util/bytes.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZLIB_CONST /* const next_in */
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "util/alloc.h"

#include "util/banned.h"

#define RAW_SIZE   ((size_t)128 << 10)
#define PEEK_SIZE  4096
/* Below this much output no ratio is held against anybody. */
#define RATIO_FROM (UINT64_C(64) << 20)
/* The most that zstd --ultra -22 asks for; --long=28 and up has to be asked for in reading too. */
#define WINDOW_LOG 27

enum kind {
	UNKNOWN,
	PLAIN,
	GZIP,
	ZSTD,
};

struct ka_bytes {
	int fd;	    /* -1: memory, all of it in the raw window from the start */
	bool owned; /* close fd */
	char *name;
	struct ka_bytes_limits limits;

	/* What was read and not yet unpacked: raw[from, to). */
	const unsigned char *raw;
	unsigned char *raw_buf;
	size_t from, to;
	bool raw_end;

	enum kind kind;
	z_stream z;
	ZSTD_DStream *zstd;
	bool inside; /* a gzip member or zstd frame has begun and not ended */
	bool end;
	uint64_t consumed, produced;
	struct ka_err failed; /* code KA_OK while nothing has */

	char *peek;
	size_t peek_from, peek_to;
};

static struct ka_bytes *
bytes_new(const char *name, const struct ka_bytes_limits *limits)
{
	struct ka_bytes *b = ka_xcalloc(1, sizeof *b);

	b->fd = -1;
	b->name = ka_xstrdup(name);
	b->limits = limits ? *limits : KA_BYTES_LIMITS_DEFAULT;
	return b;
}

struct ka_bytes *
ka_bytes_open(const char *path, const struct ka_bytes_limits *limits, struct ka_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct ka_bytes *b;
	int fd = STDIN_FILENO;

	if (!is_stdin) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0) {
			ka_err_sys(err, errno, "opening %s", path);
			return NULL;
		}
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	b = bytes_new(is_stdin ? "standard input" : path, limits);
	b->fd = fd;
	b->owned = !is_stdin;
	b->raw = b->raw_buf = ka_xmalloc(RAW_SIZE);
	return b;
}

struct ka_bytes *
ka_bytes_open_mem(const void *p, size_t len, const struct ka_bytes_limits *limits,
		  struct ka_err *err)
{
	struct ka_bytes *b = bytes_new("memory", limits);

	(void)err;
	b->raw = p;
	b->to = len;
	b->raw_end = true;
	return b;
}

void
ka_bytes_close(struct ka_bytes *b)
{
	if (!b)
		return;
	if (b->owned)
		close(b->fd);
	if (b->kind == GZIP)
		inflateEnd(&b->z);
	ZSTD_freeDStream(b->zstd);
	free(b->peek);
	free(b->raw_buf);
	free(b->name);
	free(b);
}

static int
read_fd(const struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	for (;;) {
		ssize_t n = read(b->fd, buf, cap);

		if (n >= 0) {
			*ret_len = (size_t)n;
			return 0;
		}
		if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = b->fd, .events = POLLIN }, 1, -1);
		else if (errno != EINTR)
			return ka_err_sys(err, errno, "reading %s", b->name);
	}
}

/* More bytes behind those in the raw window, or raw_end. */
static int
fill(struct ka_bytes *b, struct ka_err *err)
{
	size_t n;

	if (b->raw_end)
		return 0;
	if (b->from == b->to)
		b->from = b->to = 0;
	assert(b->to < RAW_SIZE);
	if (read_fd(b, b->raw_buf + b->to, RAW_SIZE - b->to, &n, err))
		return -1;
	b->to += n;
	b->raw_end = n == 0;
	return 0;
}

static bool
starts_with(const struct ka_bytes *b, const char *magic, size_t len)
{
	return b->to - b->from >= len && memcmp(b->raw + b->from, magic, len) == 0;
}

/* A zstd stream may begin with a frame for others, to be skipped: 0x184d2a50 to 5f. */
static bool
is_zstd(const struct ka_bytes *b)
{
	return starts_with(b, "\x28\xb5\x2f\xfd", 4) ||
	       (b->to - b->from >= 4 && (b->raw[b->from] & 0xf0) == 0x50 &&
		memcmp(b->raw + b->from + 1, "\x2a\x4d\x18", 3) == 0);
}

static int
detect(struct ka_bytes *b, struct ka_err *err)
{
	while (b->to - b->from < 4 && !b->raw_end) {
		if (fill(b, err))
			return -1;
	}
	if (starts_with(b, "\x1f\x8b", 2)) {
		/* 15: windows of 32 KiB, the largest there are; 16: with a gzip header. */
		if (inflateInit2(&b->z, 15 + 16) != Z_OK)
			ka_alloc_die();
		b->kind = GZIP;
		b->inside = true;
	} else if (is_zstd(b)) {
		b->zstd = ZSTD_createDStream();
		if (!b->zstd)
			ka_alloc_die();
		ZSTD_DCtx_setParameter(b->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
		b->kind = ZSTD;
	} else {
		b->kind = PLAIN;
	}
	return 0;
}

static int
pull_plain(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	size_t n = b->to - b->from;

	if (n) {
		n = n < cap ? n : cap;
		memcpy(buf, b->raw + b->from, n);
		b->from += n;
	} else if (!b->raw_end) {
		/* Straight into the caller's buffer. */
		if (read_fd(b, buf, cap, &n, err))
			return -1;
	}
	b->end = n == 0;
	*ret_len = n;
	return 0;
}

/* Another member of the same gzip file, or its end, perhaps after the zeros that tapes and block
 * devices are padded with. */
static int
next_member(struct ka_bytes *b, struct ka_err *err)
{
	for (;;) {
		while (b->from < b->to && b->raw[b->from] == 0) {
			b->from++;
			b->consumed++;
		}
		if (b->from < b->to)
			break;
		if (b->raw_end) {
			b->end = true;
			return 0;
		}
		if (fill(b, err))
			return -1;
	}
	if (inflateReset(&b->z) != Z_OK)
		ka_alloc_die();
	b->inside = true;
	return 0;
}

static uInt
clamp_uint(size_t n)
{
	return n < 1u << 30 ? (uInt)n : 1u << 30;
}

/* One step, which may produce nothing. */
static int
step_gzip(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	uInt in = clamp_uint(b->to - b->from), out = clamp_uint(cap);
	int r;

	b->z.next_in = b->raw + b->from;
	b->z.avail_in = in;
	b->z.next_out = buf;
	b->z.avail_out = out;
	r = inflate(&b->z, Z_NO_FLUSH);
	b->from += in - b->z.avail_in;
	b->consumed += in - b->z.avail_in;
	*ret_len = out - b->z.avail_out;
	switch (r) {
	case Z_STREAM_END:
		b->inside = false;
		return 0;
	case Z_OK:
	case Z_BUF_ERROR:
		if (*ret_len || b->from < b->to)
			return 0;
		if (b->raw_end)
			return ka_err_set(err, KA_EFORMAT, "the gzip stream is cut");
		return 0;
	case Z_MEM_ERROR:
		ka_alloc_die();
	case Z_NEED_DICT:
		return ka_err_set(err, KA_EFORMAT,
				  "the gzip stream is damaged: it asks for a dictionary");
	default:
		return ka_err_set(err, KA_EFORMAT, "the gzip stream is damaged: %s",
				  b->z.msg ? b->z.msg : "unknown error");
	}
}

static int
zstd_error(size_t r, struct ka_err *err)
{
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_memory_allocation:
		ka_alloc_die();
	case ZSTD_error_frameParameter_windowTooLarge:
		return ka_err_set(err, KA_ELIMIT,
				  "the zstd stream needs a window of more than %u MiB; "
				  "compress it without --long, or unpack it first",
				  (1u << WINDOW_LOG) >> 20);
	case ZSTD_error_prefix_unknown:
		return ka_err_set(err, KA_EFORMAT,
				  "the zstd stream is damaged: something else follows its end");
	default:
		return ka_err_set(err, KA_EFORMAT, "the zstd stream is damaged: %s",
				  ZSTD_getErrorName(r));
	}
}

static int
step_zstd(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	ZSTD_inBuffer in = { b->raw + b->from, b->to - b->from, 0 };
	ZSTD_outBuffer out = { buf, cap, 0 };
	size_t r;

	if (!b->inside && !in.size) {
		b->end = b->raw_end;
		*ret_len = 0;
		return 0;
	}
	r = ZSTD_decompressStream(b->zstd, &out, &in);
	b->from += in.pos;
	b->consumed += in.pos;
	*ret_len = out.pos;
	if (ZSTD_isError(r))
		return zstd_error(r, err);
	b->inside = r != 0;
	if (b->inside && b->raw_end && b->from == b->to && out.pos < cap)
		return *ret_len ? 0 : ka_err_set(err, KA_EFORMAT, "the zstd stream is cut");
	return 0;
}

static int
pull_packed(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	size_t n = 0;

	while (!n && !b->end) {
		if (b->from == b->to && fill(b, err))
			return -1;
		if (b->kind == GZIP && !b->inside) {
			if (next_member(b, err))
				return -1;
		} else if (b->kind == GZIP ? step_gzip(b, buf, cap, &n, err)
					   : step_zstd(b, buf, cap, &n, err)) {
			return -1;
		}
	}
	*ret_len = n;
	return 0;
}

static int
check_limits(const struct ka_bytes *b, struct ka_err *err)
{
	const struct ka_bytes_limits *l = &b->limits;

	if (b->produced > l->max_out)
		return ka_err_set(
			err, KA_ELIMIT,
			"the input is larger than %llu bytes%s; --max-input-size raises this limit",
			(unsigned long long)l->max_out, b->kind == PLAIN ? "" : " when unpacked");
	if (b->kind != PLAIN && l->max_ratio && b->produced > RATIO_FROM &&
	    b->produced / l->max_ratio > b->consumed)
		return ka_err_set(err, KA_ELIMIT,
				  "the input unpacks to more than %u times its size; "
				  "--max-input-ratio raises this limit",
				  l->max_ratio);
	return 0;
}

static int
pull_checked(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	size_t n;

	if (b->kind == UNKNOWN && detect(b, err))
		return -1;
	if ((b->kind == PLAIN ? pull_plain : pull_packed)(b, buf, cap, &n, err))
		return -1;
	b->produced += n;
	if (check_limits(b, err))
		return -1;
	*ret_len = n;
	return 0;
}

/* The next bytes, none at the end; an error again each time. */
static int
pull(struct ka_bytes *b, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	*ret_len = 0;
	if (!cap || (b->end && b->failed.code == KA_OK))
		return 0;
	if (b->failed.code == KA_OK && !pull_checked(b, buf, cap, ret_len, &b->failed))
		return 0;
	return ka_err_set(err, b->failed.code, "%s", b->failed.msg);
}

static int
bytes_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct ka_bytes *b = arg;
	size_t n = b->peek_to - b->peek_from;

	if (!n)
		return pull(b, buf, cap, ret_len, err);
	n = n < cap ? n : cap;
	memcpy(buf, b->peek + b->peek_from, n);
	b->peek_from += n;
	*ret_len = n;
	return 0;
}

struct ka_in
ka_bytes_in(struct ka_bytes *b)
{
	return (struct ka_in){ .read = bytes_read, .arg = b };
}

int
ka_bytes_peek(struct ka_bytes *b, const char **ret, size_t *ret_len, struct ka_err *err)
{
	size_t n = 1;

	if (!b->peek) {
		b->peek = ka_xmalloc(PEEK_SIZE);
		while (b->peek_to < PEEK_SIZE && n) {
			pull(b, b->peek + b->peek_to, PEEK_SIZE - b->peek_to, &n, NULL);
			b->peek_to += n;
		}
	}
	/* After the first bytes an error can wait for its reader. */
	if (!b->peek_to && b->failed.code != KA_OK)
		return ka_err_set(err, b->failed.code, "%s", b->failed.msg);
	*ret = b->peek + b->peek_from;
	*ret_len = b->peek_to - b->peek_from;
	return 0;
}
