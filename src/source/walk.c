/* Walking files and folders. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/walk.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define MAX_DEPTH 64

static int walk_path(const char *path, const struct ka_walk *walk, unsigned depth, struct ka_err *err);

static bool
readable_name(const char *name)
{
	static const char *const endings[] = { ".yaml", ".yml", ".json", ".jsonl", ".ndjson" };
	static const char *const packed[] = { "", ".gz", ".zst" };
	char ending[16];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		for (size_t j = 0; j < sizeof packed / sizeof *packed; j++) {
			snprintf(ending, sizeof ending, "%s%s", endings[i], packed[j]);
			if (ka_str_has_suffix(name, ending))
				return true;
		}
	return false;
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
walk_entry(const char *path, const char *name, const struct ka_walk *walk, unsigned depth, struct ka_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return ka_err_sys(err, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return walk_path(path, walk, depth + 1, err);
	if (S_ISLNK(st.st_mode) && stat(path, &st) != 0) {
		walk->skipped(walk->arg, path, "a link that leads nowhere");
		return 0;
	}
	if (S_ISDIR(st.st_mode)) { /* it may lead back here */
		walk->skipped(walk->arg, path, "a link to a folder is not followed");
		return 0;
	}
	if (!S_ISREG(st.st_mode)) {
		walk->skipped(walk->arg, path, "not a regular file");
		return 0;
	}
	if (!walk->any_name && !readable_name(name)) {
		walk->skipped(walk->arg, path, "not read: its name says neither YAML nor JSON");
		return 0;
	}
	return walk->file(walk->arg, path, err);
}

static int
walk_folder(const char *path, const struct ka_walk *walk, unsigned depth, struct ka_err *err)
{
	struct dirent **entry;
	size_t len = strlen(path);
	int n, ret = 0;

	if (depth > MAX_DEPTH)
		return ka_err_set(err, KA_ELIMIT, "%s: folders nested deeper than %d", path, MAX_DEPTH);
	n = scandir(path, &entry, visible, by_name);
	if (n < 0)
		return ka_err_sys(err, errno, "%s", path);
	for (int i = 0; i < n; i++) {
		const char *slash = len && path[len - 1] == '/' ? "" : "/";
		size_t size = len + strlen(entry[i]->d_name) + 2;
		char *child = ka_xmalloc(size);

		snprintf(child, size, "%s%s%s", path, slash, entry[i]->d_name);
		if (ret == 0)
			ret = walk_entry(child, entry[i]->d_name, walk, depth, err);
		free(child);
		free(entry[i]);
	}
	free(entry);
	return ret;
}

static int
walk_path(const char *path, const struct ka_walk *walk, unsigned depth, struct ka_err *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return walk->file(walk->arg, path, err);
	if (stat(path, &st) != 0)
		return ka_err_sys(err, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return walk_folder(path, walk, depth, err);
	return walk->file(walk->arg, path, err);
}

int
ka_walk(const char *path, const struct ka_walk *walk, struct ka_err *err)
{
	return walk_path(path, walk, 0, err);
}
