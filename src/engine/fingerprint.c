#include "engine/fingerprint.h"

#include <string.h>

#include "util/sha256.h"

#include "util/banned.h"

static void
feed(struct ka_sha256 *sha, const char *s, size_t len)
{
	ka_sha256_add(sha, s, len);
	ka_sha256_add(sha, "", 1);
}

/* A kind that we know has one group however it was written (extensions/v1beta1 of old); any other
 * has that of its apiVersion. */
static void
feed_kind(struct ka_sha256 *sha, const struct ka_object *obj)
{
	const char *group, *slash;
	size_t len;

	if (obj->kind != KA_OTHER) {
		group = ka_kind_info(obj->kind)->group;
		len = strlen(group);
	} else {
		group = obj->api_version ? obj->api_version : "";
		slash = strchr(group, '/');
		len = slash ? (size_t)(slash - group) : 0;
	}
	ka_sha256_add(sha, group, len);
	ka_sha256_add(sha, "/", 1);
	feed(sha, obj->kind_name, strlen(obj->kind_name));
}

static void
feed_str(struct ka_sha256 *sha, const char *s)
{
	feed(sha, s ? s : "", s ? strlen(s) : 0);
}

void
ka_fingerprint(struct ka_sha256 *sha, const struct ka_check *check, const struct ka_fault *fault,
	       char ret[17])
{
	char hex[65];

	ka_sha256_reset(sha);
	feed_str(sha, check->key);
	feed_kind(sha, fault->obj);
	feed_str(sha, fault->obj->namespace);
	feed_str(sha, fault->obj->name);
	feed_str(sha, fault->container ? fault->container : fault->path);
	feed_str(sha, fault->discriminator);
	ka_sha256_hex(sha, hex);
	memcpy(ret, hex, 16);
	ret[16] = '\0';
}
