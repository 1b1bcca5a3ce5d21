/* For tests: the cases of testdata/checks, as testdata/README.md describes them. */
#ifndef KA_ENGINE_FIXTURES_H
#define KA_ENGINE_FIXTURES_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kassay/check.h>
#include <kassay/graph.h>

#include "engine/audit.h"
#include "engine/policy.h"
#include "model/graph.h"
#include "source/files.h"
#include "util/str.h"

#define FIXTURES      "testdata/checks"
#define FIXTURE_FILES 32

struct fixture {
	const struct ka_check *check;
	char dir[512];
	struct ka_graph *g;
	struct ka_policy *policy;
};

/* Manifests are all that reads as such, but for the policy. */
static inline int
fixture_is_manifest(const struct dirent *e)
{
	return strcmp(e->d_name, "policy.yaml") != 0 &&
	       (ka_str_has_suffix(e->d_name, ".yaml") || ka_str_has_suffix(e->d_name, ".json"));
}

static inline int
fixture_is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Calls visit for every case, by check and name.  Stops at the first that returns non-zero. */
static inline int
fixture_each(int (*visit)(void *arg, const char *key, const char *name), void *arg)
{
	struct dirent **checks = NULL, **cases = NULL;
	int nchecks = scandir(FIXTURES, &checks, fixture_is_visible, alphasort), ncases, rc = 0;
	char dir[512];

	for (int i = 0; i < nchecks; i++) {
		snprintf(dir, sizeof dir, FIXTURES "/%s", checks[i]->d_name);
		ncases = scandir(dir, &cases, fixture_is_visible, alphasort);
		for (int j = 0; j < ncases; j++) {
			if (!rc)
				rc = visit(arg, checks[i]->d_name, cases[j]->d_name);
			free(cases[j]);
		}
		if (ncases >= 0)
			free(cases);
		free(checks[i]);
	}
	if (nchecks >= 0)
		free(checks);
	return rc;
}

static inline int
fixture_load_graph(struct fixture *f, struct ka_err *err)
{
	const struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	char path[FIXTURE_FILES][1024];
	const char *paths[FIXTURE_FILES];
	struct dirent **entry = NULL;
	int n = scandir(f->dir, &entry, fixture_is_manifest, alphasort);

	if (n < 0)
		return ka_err_sys(err, errno, "%s", f->dir);
	for (int i = 0; i < n; i++) {
		if (i < FIXTURE_FILES) {
			snprintf(path[i], sizeof path[i], "%s/%s", f->dir, entry[i]->d_name);
			paths[i] = path[i];
		}
		free(entry[i]);
	}
	free(entry);
	if (n == 0 || n > FIXTURE_FILES)
		return ka_err_set(err, KA_EFORMAT, "%s has %d manifests", f->dir, n);
	return ka_files_load(paths, (size_t)n, &opts, &f->g, err);
}

static inline int
fixture_ledger_line(struct fixture *f, const char *kind, const char *status, struct ka_err *err)
{
	int k = 0, s = 0;

	while (k < KA_NKINDS && strcmp(ka_kind_info((enum ka_kind)k)->kind, kind) != 0)
		k++;
	while (s <= KA_EV_NOT_OFFERED &&
	       strcmp(ka_evidence_status_name((enum ka_evidence_status)s), status) != 0)
		s++;
	if (k == KA_NKINDS || s > KA_EV_NOT_OFFERED)
		return ka_err_set(err, KA_EFORMAT, "%s/ledger: \"%s %s\"", f->dir, kind, status);
	ka_graph_set_evidence(f->g, (enum ka_kind)k, (enum ka_evidence_status)s, NULL);
	return 0;
}

static inline int
fixture_load_ledger(struct fixture *f, struct ka_err *err)
{
	char path[1024], kind[64], status[32];
	FILE *file;
	int rc = 0;

	snprintf(path, sizeof path, "%s/ledger", f->dir);
	file = fopen(path, "re");
	while (file && !rc && fscanf(file, "%63s %31s", kind, status) == 2)
		rc = fixture_ledger_line(f, kind, status, err);
	if (file)
		fclose(file);
	return rc;
}

static inline void
fixture_close(struct fixture *f)
{
	ka_graph_free(f->g);
	ka_policy_free(f->policy);
	*f = (struct fixture){ .g = NULL };
}

/* Loads a case; -1 and *err when it is not in order.  Close it when that went well. */
static inline int
fixture_open(struct fixture *f, const char *key, const char *name, struct ka_err *err)
{
	char policy[1024];
	FILE *file;
	int rc;

	*f = (struct fixture){ .check = ka_check_find(key) };
	snprintf(f->dir, sizeof f->dir, FIXTURES "/%s/%s", key, name);
	if (!f->check)
		return ka_err_set(err, KA_EFORMAT, "no check is named %s", key);
	rc = fixture_load_graph(f, err) || fixture_load_ledger(f, err);
	snprintf(policy, sizeof policy, "%s/policy.yaml", f->dir);
	file = rc ? NULL : fopen(policy, "re");
	if (file) {
		fclose(file);
		rc = ka_policy_load(policy, &KA_CATALOG, &f->policy, err);
	}
	if (rc)
		fixture_close(f);
	return rc ? -1 : 0;
}

/* The report of its check alone.  Free it before the case is closed. */
static inline int
fixture_audit(const struct fixture *f, struct ka_report **ret, struct ka_err *err)
{
	const struct ka_audit_opts opts = {
		.check = &f->check->key,
		.nchecks = 1,
		.policy = f->policy,
		.epoch = "1772323200",
	};

	return ka_audit(f->g, &opts, ret, err);
}

#endif
