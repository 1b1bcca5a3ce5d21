/* Credential plugins: programs that print an ExecCredential
 * (client-go/plugin/pkg/client/auth/exec, k8s.io/client-go/pkg/apis/clientauthentication). */
#ifndef KA_SOURCE_EXEC_PLUGIN_H
#define KA_SOURCE_EXEC_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "source/credential.h"

/* What a plugin said; malloced, NULL where it said nothing. */
struct ka_exec_answer {
	char *token, *cert_pem, *key_pem;
	int64_t expires; /* Unix seconds; 0: never */
};
void ka_exec_answer_release(struct ka_exec_answer *a); /* wipes */

/* Runs the plugin.  -1 and *err when it is missing, fails, hangs or prints anything else; the message
 * quotes its standard error, never its standard output. */
int ka_exec_run(const struct ka_exec_spec *spec, struct ka_exec_answer *ret, struct ka_err *err);
/* The same of an answer that is there already; for tests. */
int ka_exec_read(const char *text, size_t len, const char *api_version, struct ka_exec_answer *ret,
		 struct ka_err *err);

void ka_exec_spec_free(struct ka_exec_spec *spec);

#endif
