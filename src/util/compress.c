#include "util/compress.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* const next_in */
#include <zlib.h>
#include <zstd.h>

#include "util/alloc.h"
#include "util/out_hook.h"

#include "util/banned.h"

#define CHUNK ((size_t)64 << 10)

struct gzip {
	struct ka_out *inner;
	z_stream z;
	gz_header header;
	unsigned char chunk[CHUNK];
};

/* Feeds what next_in holds; with Z_FINISH also what zlib still holds. */
static void
gzip_run(struct gzip *g, int how)
{
	int r;

	do {
		g->z.next_out = g->chunk;
		g->z.avail_out = CHUNK;
		/* Fails only where called wrongly: its memory was taken in the beginning. */
		r = deflate(&g->z, how);
		ka_out_bytes(g->inner, g->chunk, CHUNK - g->z.avail_out);
	} while (how == Z_FINISH ? r == Z_OK : g->z.avail_out == 0);
}

static int
gzip_write(void *arg, const void *bytes, size_t len, struct ka_err *err)
{
	struct gzip *g = arg;
	const unsigned char *p = bytes;

	(void)err;
	while (len) {
		uInt part = len < 1u << 30 ? (uInt)len : 1u << 30;

		g->z.next_in = p;
		g->z.avail_in = part;
		gzip_run(g, Z_NO_FLUSH);
		p += part;
		len -= part;
	}
	return 0;
}

static int
close_inner(struct ka_out *inner, bool keep, struct ka_err *err)
{
	if (keep)
		return ka_out_close(inner, err);
	ka_out_discard(inner);
	return 0;
}

static int
gzip_close(void *arg, bool keep, struct ka_err *err)
{
	struct gzip *g = arg;
	int r;

	g->z.avail_in = 0;
	if (keep)
		gzip_run(g, Z_FINISH);
	deflateEnd(&g->z);
	r = close_inner(g->inner, keep, err);
	free(g);
	return r;
}

struct ka_out *
ka_out_gzip(struct ka_out *take_inner)
{
	static const struct ka_out_hook hook = { .write = gzip_write, .close = gzip_close };
	struct gzip *g = ka_xcalloc(1, sizeof *g);

	g->inner = take_inner;
	g->header.os = 255; /* unknown; zlib would say where it was built */
	if (deflateInit2(&g->z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflateSetHeader(&g->z, &g->header) != Z_OK)
		ka_alloc_die();
	return ka_out_hook(&hook, g);
}

struct zstd {
	struct ka_out *inner;
	ZSTD_CCtx *z;
	unsigned char chunk[CHUNK];
};

static int
zstd_run(struct zstd *g, const void *bytes, size_t len, ZSTD_EndDirective how, struct ka_err *err)
{
	ZSTD_inBuffer in = { bytes, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { g->chunk, CHUNK, 0 };

		left = ZSTD_compressStream2(g->z, &out, &in, how);
		if (ZSTD_isError(left))
			return ka_err_set(err, KA_EIO, "compressing: %s", ZSTD_getErrorName(left));
		ka_out_bytes(g->inner, g->chunk, out.pos);
	} while (how == ZSTD_e_end ? left : in.pos < in.size);
	return 0;
}

static int
zstd_write(void *arg, const void *bytes, size_t len, struct ka_err *err)
{
	return zstd_run(arg, bytes, len, ZSTD_e_continue, err);
}

static int
zstd_close(void *arg, bool keep, struct ka_err *err)
{
	struct zstd *g = arg;
	int r = 0;

	if (keep)
		r = zstd_run(g, NULL, 0, ZSTD_e_end, err);
	ZSTD_freeCCtx(g->z);
	if (close_inner(g->inner, keep && !r, err))
		r = -1;
	free(g);
	return r;
}

struct ka_out *
ka_out_zstd(struct ka_out *take_inner)
{
	static const struct ka_out_hook hook = { .write = zstd_write, .close = zstd_close };
	struct zstd *g = ka_xmalloc(sizeof *g);

	g->inner = take_inner;
	g->z = ZSTD_createCCtx();
	if (!g->z)
		ka_alloc_die();
	ZSTD_CCtx_setParameter(g->z, ZSTD_c_compressionLevel, 3);
	ZSTD_CCtx_setParameter(g->z, ZSTD_c_checksumFlag, 1);
	return ka_out_hook(&hook, g);
}
