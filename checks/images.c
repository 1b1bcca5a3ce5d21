/* Where images come from, and whether the same name stays the same program. */
#include <stdlib.h>
#include <string.h>

#include <kassay/inventory.h>

#include "pods.h"
#include "sets.h"

/* An image reference in its parts, as slices of itself: [registry/]repository[:tag][@digest]. */
struct image {
	const char *tag;	  /* NULL: none */
	const char *digest;	  /* NULL: none */
	size_t tag_len, name_len; /* name: all before tag and digest */
};

static void
image_parse(const char *s, struct image *ret)
{
	const char *at = strchr(s, '@'), *slash = NULL, *colon = NULL;
	size_t len = at ? (size_t)(at - s) : strlen(s);

	*ret = (struct image){ .name_len = len, .digest = at ? at + 1 : NULL };
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '/')
			slash = s + i;
		else if (s[i] == ':')
			colon = s + i;
	}
	/* A colon before the last slash is a registry's port. */
	if (!colon || (slash && colon < slash))
		return;
	ret->tag = colon + 1;
	ret->tag_len = len - (size_t)(ret->tag - s);
	ret->name_len = (size_t)(colon - s);
}

static void
image_fault(const struct pod_view *v, const struct ka_container *c, const char *expected,
	    const char *message)
{
	struct ka_fault f = pod_fault(v, c, "image");

	f.observed = c->image;
	f.expected = expected;
	f.message = message;
	ka_fail(v->run, &f);
}

static void
image_tag(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct image image;

	(void)eff;
	if (!c->image || !c->image[0])
		return;
	image_parse(c->image, &image);
	if (image.digest)
		return;
	if (!image.tag)
		image_fault(v, c, "a tag that names a version, or a digest",
			    ka_text(v->run, "%s gives no tag, so it runs latest",
				    pod_container_text(v, c)));
	else if (image.tag_len == 6 && memcmp(image.tag, "latest", 6) == 0)
		image_fault(
			v, c, "a tag that names a version, or a digest",
			ka_text(v->run, "%s runs whatever is latest", pod_container_text(v, c)));
}

static void
image_digest(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct image image;

	(void)eff;
	if (!c->image || !c->image[0])
		return;
	image_parse(c->image, &image);
	if (!image.digest)
		image_fault(v, c, "name@sha256:...",
			    ka_text(v->run, "the image of %s can be changed under its name",
				    pod_container_text(v, c)));
}

/* The whole name, with what a runtime adds to a short one: nginx is docker.io/library/nginx.  What
 * stands before the first slash is a registry when it has a dot or a port, or is localhost
 * (distribution/reference, splitDockerDomain). */
static const char *
image_full_name(struct ka_run *run, const char *s)
{
	struct image image;
	const char *slash;
	size_t first;
	bool registry;

	image_parse(s, &image);
	slash = memchr(s, '/', image.name_len);
	first = slash ? (size_t)(slash - s) : 0;
	registry = slash && (memchr(s, '.', first) || memchr(s, ':', first) ||
			     (first == 9 && memcmp(s, "localhost", 9) == 0));
	if (!slash)
		return ka_text(run, "docker.io/library/%.*s", (int)image.name_len, s);
	if (!registry)
		return ka_text(run, "docker.io/%.*s", (int)image.name_len, s);
	if (first == 15 && memcmp(s, "index.docker.io", 15) == 0)
		return ka_text(run, "docker.io%.*s", (int)(image.name_len - first), slash);
	return ka_text(run, "%.*s", (int)image.name_len, s);
}

/* An entry is a registry, or a registry and the beginning of a path, in whole segments; or a glob
 * over the full name. */
static bool
registry_allows(const char *entry, const char *name)
{
	size_t n = strlen(entry);

	if (strpbrk(entry, "*?"))
		return ka_glob(entry, name);
	while (n && entry[n - 1] == '/')
		n--;
	return n && strncmp(entry, name, n) == 0 && (name[n] == '/' || !name[n]);
}

static void
image_registry(const struct pod_view *v, const struct ka_container *c,
	       const struct ka_strs *allowed)
{
	const char *name;
	struct ka_fault f;

	if (!c->image || !c->image[0])
		return;
	name = image_full_name(v->run, c->image);
	for (size_t i = 0; i < allowed->n; i++)
		if (registry_allows(allowed->v[i], name))
			return;
	f = pod_fault(v, c, "image");
	f.observed = c->image;
	f.expected = "an image from a registry of the policy's list";
	f.message = ka_text(v->run, "%s runs %s, which the policy does not allow",
			    pod_container_text(v, c), name);
	ka_fail(v->run, &f);
}

static int
registries(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	   struct ka_err *err)
{
	const struct ka_graph *g = facts->g;
	const struct ka_strs allowed = ka_param(run, "registries");

	(void)check;
	(void)err;
	for (size_t u = 0; allowed.n && u < g->nunits; u++) {
		const struct pod_view v = { run, facts, &g->unit[u], g->unit[u].spec, false };

		ka_saw(run, v.unit->object);
		for (size_t i = 0; i < v.spec->ncontainers; i++)
			image_registry(&v, &v.spec->container[i], &allowed);
	}
	return 0;
}

static bool
says_digest(const struct ka_pod *pod)
{
	for (size_t i = 0; pod->spec && pod->image_id && i < pod->spec->ncontainers; i++)
		if (pod->image_id[i] && strchr(pod->image_id[i], '@'))
			return true;
	return false;
}

/* One image's rows: first, and how many. */
static void
drift_faults(struct ka_run *run, const struct ka_drift *row, size_t n)
{
	size_t digests = 1, second = 0;
	const char *observed;

	for (size_t i = 1; i < n; i++) {
		if (strcmp(row[i].digest, row[i - 1].digest) == 0)
			continue;
		second = second ? second : i;
		digests++;
	}
	observed = ka_text(run, "%s, %s%s", row[0].digest, row[second].digest,
			   digests > 2 ? " and others" : "");
	for (size_t i = 0; i < n; i++) {
		const struct ka_fault f = {
			.obj = row[i].top,
			.container = row[i].container,
			.path = "status.containerStatuses",
			.observed = observed,
			.expected = "one digest",
			.message = ka_text(run, "image %s runs with %zu different digests",
					   row[i].image, digests),
			.discriminator = row[i].image,
		};

		ka_fail(run, &f); /* once for an owner that has several of the digests */
	}
}

static int
image_drift(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	    struct ka_err *err)
{
	const struct ka_list *pods = &facts->g->of[KA_POD];
	struct ka_drift *row;
	size_t n = ka_image_drift(facts->g, &row);

	(void)check;
	(void)err;
	for (size_t i = 0; i < pods->n; i++)
		if (says_digest(ka_as_pod(pods->v[i])))
			ka_saw(run, ka_as_pod(pods->v[i])->top);
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;

		while (end < n && strcmp(row[end].image, row[i].image) == 0)
			end++;
		drift_faults(run, &row[i], end - i);
		i = end;
	}
	free(row);
	return 0;
}

static const struct ka_check checks[] = {
	{
		.key = "image-tag",
		.title = "Images are named by version",
		.why = "What latest means is decided at each pull: two pods of one workload may "
		       "run different programs, and nobody can say which one was reviewed.",
		.fix = "Name a version in the tag, or better a digest.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = image_tag },
	},
	{
		.key = "image-digest",
		.title = "Images are pinned by digest",
		.why = "Whoever can push to the registry can move a tag, and the next pod that "
		       "starts runs their image.",
		.fix = "Write the image as name@sha256:..., which names its content.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = image_digest },
	},
	{
		.key = "image-drift",
		.title = "Running pods that name the same image run the same one",
		.why = "The tag was moved while pods ran: by a careless release, or by somebody "
		       "who replaced the image.",
		.fix = "Find out which digest is meant, pin it, and restart the pods.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_POD),
		.none = "no running pod says which digest it runs",
		.run = image_drift,
	},
	{
		.key = "image-registry",
		.title = "Images come from registries that the policy allows",
		.why = "An image from elsewhere has passed none of the checks that your own "
		       "registry makes, and its owner can change it.",
		.fix = "Copy the image to an allowed registry, or add its registry to the "
		       "policy's list.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.none = "the policy file lists no registries (parameter `registries`)",
		.run = registries,
	},
};

const struct ka_check_set ka_set_images = { "Images", checks, sizeof checks / sizeof checks[0] };
