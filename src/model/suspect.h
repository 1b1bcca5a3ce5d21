/* Which values look secret, so that they are never kept: by the name they go by, or by their own
 * form.
 *
 * Every answer is NULL or a literal that says why in a few words ("its name says password",
 * "private key"). A value that a snapshot has replaced by "kassay-hidden:REASON" is suspect with
 * that reason, so that auditing a snapshot finds what auditing the cluster found.  Values need not
 * end in NUL. */
#ifndef KA_MODEL_SUSPECT_H
#define KA_MODEL_SUSPECT_H

#include <stddef.h>

/* What an argument that looks secret is replaced by, and how a hidden value begins. */
#define KA_HIDDEN	 "(hidden)"
#define KA_HIDDEN_PREFIX "kassay-hidden:"

/* A named value: an environment variable. */
const char *ka_suspect_name_value(const char *name, const char *value, size_t len);

/* A value without a name, judged by its form.  "--name=value" is taken apart and judged as a named
 * one. */
const char *ka_suspect_value(const char *value, size_t len);

/* An argument after another: as ka_suspect_value, and the value of `--password VALUE` too.
 * `previous` may be NULL. */
const char *ka_suspect_arg(const char *previous, const char *value, size_t len);

/* A key of a ConfigMap: as a named value when it has one line, else each line that sets something.
 */
const char *ka_suspect_configmap(const char *key, const char *value, size_t len);

/* The form of a value alone: key prefixes, PEM blocks, JSON Web Tokens, URLs with a password ... */
const char *ka_suspect_form(const char *value, size_t len);
/* The literal that ka_suspect_form() answers with, or NULL when it is none of its answers. */
const char *ka_suspect_form_reason(const char *s, size_t len);

#endif
