/* Hashing all but the last line of what is read. */
#include <stdlib.h>
#include <string.h>

#include "source/hash_in.h"
#include "util/alloc.h"
#include "util/sha256.h"
#include "util/str.h"
#include "util/banned.h"

struct ka_hash_in {
	struct ka_in inner;
	struct ka_sha256 *sha;
	struct ka_buf held; /* the last line so far: hashed when another one begins */
};

struct ka_hash_in *
ka_hash_in_new(struct ka_in inner, struct ka_err *err)
{
	struct ka_sha256 *sha = ka_sha256_new(err);
	struct ka_hash_in *h;

	if (!sha)
		return NULL;
	h = ka_xcalloc(1, sizeof *h);
	h->inner = inner;
	h->sha = sha;
	ka_buf_init(&h->held, (size_t)1 << 30);
	return h;
}

static int
feed(struct ka_hash_in *h, const char *p, size_t len, struct ka_err *err)
{
	const char *nl;

	if (!len)
		return 0;
	if (h->held.len && h->held.s[h->held.len - 1] == '\n') {
		ka_sha256_add(h->sha, h->held.s, h->held.len);
		ka_buf_clear(&h->held);
	}
	/* A newline at the very end may end the last line. */
	nl = memrchr(p, '\n', len - 1);
	if (nl) {
		ka_sha256_add(h->sha, h->held.s, h->held.len);
		ka_buf_clear(&h->held);
		ka_sha256_add(h->sha, p, (size_t)(nl + 1 - p));
		len -= (size_t)(nl + 1 - p);
		p = nl + 1;
	}
	return ka_buf_add(&h->held, p, len, err);
}

static int
read_hashed(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct ka_hash_in *h = arg;

	if (h->inner.read(h->inner.arg, buf, cap, ret_len, err) != 0)
		return -1;
	return feed(h, buf, *ret_len, err);
}

struct ka_in
ka_hash_in(struct ka_hash_in *h)
{
	return (struct ka_in){ read_hashed, h };
}

void
ka_hash_in_digest(const struct ka_hash_in *h, char out[65])
{
	ka_sha256_hex(h->sha, out);
}

void
ka_hash_in_free(struct ka_hash_in *h)
{
	if (!h)
		return;
	ka_sha256_free(h->sha);
	ka_buf_release(&h->held);
	free(h);
}
