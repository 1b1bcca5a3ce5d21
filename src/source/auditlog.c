/* Which files, what was found in each, and what was not. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/auditlog_own.h"
#include "source/walk.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/bytes.h"
#include "util/map.h"
#include "util/banned.h"

/* ---- problems ----------------------------------------------------------------------------- */

static void
keep_problem(struct ka_al *al, uint32_t line, const char *text)
{
	struct ka_auditlog *log = al->log;

	if (log->nproblems == KA_AUDITLOG_PROBLEMS) {
		log->untold++;
		return;
	}
	KA_GROW(log->problem, log->nproblems, al->problems_cap);
	log->problem[log->nproblems++] = (struct ka_auditlog_problem){
		.file = (uint32_t)(al->file - log->file),
		.line = line,
		.text = ka_arena_strndup(log->arena, text, strlen(text)),
	};
}

static uint64_t *
counter(struct ka_auditlog_counts *n, enum ka_al_loss loss)
{
	switch (loss) {
	case KA_AL_CUT:
		return &n->cut;
	case KA_AL_NOT_JSON:
		return &n->not_json;
	case KA_AL_DAMAGED:
		return &n->bad;
	case KA_AL_UNKNOWN:
		return &n->unknown;
	case KA_AL_OTHER:
	case KA_AL_NLOSSES:
		break;
	}
	return &n->other;
}

void
ka_al_lost(struct ka_al *al, enum ka_al_loss loss, uint32_t line, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	++*counter(&al->file->n, loss);
	if (al->told[loss]++ >= KA_AUDITLOG_PROBLEMS_KIND) {
		al->log->untold++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	keep_problem(al, line, text);
}

void
ka_al_tell(struct ka_al *al, uint32_t line, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	keep_problem(al, line, text);
}

/* ---- files -------------------------------------------------------------------------------- */

static void
begin_file(struct ka_al *al, const char *name)
{
	struct ka_auditlog *log = al->log;

	KA_GROW(log->file, log->nfiles, al->files_cap);
	al->file = &log->file[log->nfiles++];
	*al->file = (struct ka_auditlog_file){ .name = ka_arena_strndup(log->arena, name, strlen(name)) };
	memset(al->told, 0, sizeof al->told);
}

static void
add_up(struct ka_auditlog *log, const struct ka_auditlog_file *f)
{
	log->n.bytes += f->n.bytes;
	log->n.lines += f->n.lines;
	log->n.events += f->n.events;
	log->n.received += f->n.received;
	log->n.cut += f->n.cut;
	log->n.not_json += f->n.not_json;
	log->n.bad += f->n.bad;
	log->n.unknown += f->n.unknown;
	log->n.other += f->n.other;
	log->found |= f->found;
	if (f->first && (!log->first || f->first < log->first))
		log->first = f->first;
	if (f->last > log->last)
		log->last = f->last;
}

static void
skip_file(void *arg, const char *path, const char *why)
{
	struct ka_al *al = arg;

	begin_file(al, path);
	ka_al_tell(al, 0, "%s", why);
}

/* A file given twice, or a link to one that was read: its events did not happen twice. */
static bool
met_before(struct ka_al *al, const char *path)
{
	struct ka_hash128 h = ka_hash128_start();
	struct stat st;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	ka_hash128_feed(&h, (uint64_t)st.st_dev);
	ka_hash128_feed(&h, (uint64_t)st.st_ino);
	if (ka_hmap_get(&al->met, h))
		return true;
	ka_hmap_put(&al->met, h, al);
	return false;
}

static int
read_file(void *arg, const char *path, struct ka_err *err)
{
	struct ka_al *al = arg;
	struct ka_bytes_limits limits = KA_BYTES_LIMITS_DEFAULT;
	struct ka_bytes *bytes;
	struct ka_in in;
	int rc;

	if (al->opts->max_input)
		limits.max_out = al->opts->max_input;
	if (al->opts->max_ratio)
		limits.max_ratio = al->opts->max_ratio;
	if (met_before(al, path)) {
		skip_file(al, path, "read already, under this or another name");
		return 0;
	}
	bytes = ka_bytes_open(path, &limits, err);
	if (!bytes)
		return -1;
	if (strcmp(path, "-") == 0)
		path = al->opts->stdin_name ? al->opts->stdin_name : "(standard input)";
	begin_file(al, path);
	in = ka_bytes_in(bytes);
	rc = ka_al_stream(al, &in);
	ka_bytes_close(bytes);
	add_up(al->log, al->file);
	return rc;
}

static void
release_rooms(struct ka_al *al)
{
	ka_hmap_release(&al->met);
	free(al->room.s);
	for (size_t i = 0; i < KA_AL_WRAPS; i++)
		free(al->text[i].s);
}

int
ka_auditlog_read(const struct ka_strs *paths, const struct ka_auditlog_opts *opts, ka_event_fn fn, void *arg,
		 struct ka_auditlog *ret, struct ka_err *err)
{
	struct ka_al *al = ka_xcalloc(1, sizeof *al);
	const struct ka_walk walk = { .arg = al, .file = read_file, .skipped = skip_file, .any_name = true };
	bool stopped;
	int rc = 0;

	*ret = (struct ka_auditlog){ .arena = ka_arena_new() };
	al->opts = opts;
	al->fn = fn;
	al->arg = arg;
	al->err = err;
	al->log = ret;
	ka_hmap_init(&al->met);
	for (size_t i = 0; i < paths->n && !rc; i++)
		rc = ka_walk(paths->v[i], &walk, err);
	stopped = al->stopped;
	release_rooms(al);
	free(al);
	if (!rc)
		return 0;
	if (stopped && err)
		*err = (struct ka_err){ .code = KA_OK };
	ka_auditlog_release(ret);
	return -1;
}

void
ka_auditlog_release(struct ka_auditlog *log)
{
	free(log->file);
	free(log->problem);
	ka_arena_free(log->arena);
	*log = (struct ka_auditlog){ 0 };
}
