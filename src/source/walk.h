/* Walking the paths that were asked for: files as they are, folders recursively in name order. */
#ifndef KA_SOURCE_WALK_H
#define KA_SOURCE_WALK_H

#include <stdbool.h>

#include <kassay/err.h>

struct ka_walk {
	void *arg;
	/* A file to read ("-" is standard input); -1 and *err ends the walk. */
	int (*file)(void *arg, const char *path, struct ka_err *err);
	/* A file of a folder that is left out, and why. */
	void (*skipped)(void *arg, const char *path, const char *why);
	bool any_name; /* files of a folder are read whatever their names, but for those with a dot in front */
};

/* A path that is a file is read whatever its name; in a folder only names that say YAML or JSON are
 * (also packed), the others are told.  Names that begin with a dot, and links to folders, are
 * passed over. */
int ka_walk(const char *path, const struct ka_walk *walk, struct ka_err *err);

#endif
