/* Places on a node that its security rests on. */
#ifndef CHECKS_PLACES_H
#define CHECKS_PLACES_H

#include <stdbool.h>

#include <kassay/check.h>

enum { PLACE_PATH_LEN = 1024 };

/* A path without "//", "." and "..", always from the root; Windows' drive letter and backslashes
 * are taken off, and /var/run is /run.  Longer paths are cut: what they begin with is what matters.
 */
void place_clean(const char *path, char out[PLACE_PATH_LEN]);

/* What a row covers: the path alone, all below it, or all that begins with it. */
enum place_reach { PLACE_EXACT, PLACE_TREE, PLACE_PREFIX };

struct place {
	const char *path;
	enum place_reach reach;
	enum ka_severity write, read;
	const char *what; /* a clause: "raw disks of the node"; NULL: harmless */
};
/* What a clean path is, or NULL when nothing is known against it.  The longest row that matches
 * decides, so a harmless child can stand under a sensitive parent. */
const struct place *place_find(const char *path);

/* Sockets that obey whoever can open them, and the folders that hold them. */
bool place_is_runtime_socket(const char *path);

#endif
