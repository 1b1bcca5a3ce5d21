/* What is shown to the API server: a token, a client certificate, a password; from the kubeconfig,
 * from a file that rotates, or from an exec plugin. */
#ifndef KA_SOURCE_CREDENTIAL_H
#define KA_SOURCE_CREDENTIAL_H

#include <stdbool.h>

#include <kassay/err.h>

struct ka_credential;

/* A program that brings credentials (client.authentication.k8s.io). */
struct ka_exec_spec {
	char *command; /* a name to look up in PATH, or a path */
	char **arg;    /* ends with NULL */
	char **env;    /* "NAME=value", ends with NULL */
	char *api_version, *install_hint;
	char *cluster_info; /* JSON for KUBERNETES_EXEC_INFO, or NULL: provideClusterInfo is off */
	bool interactive;   /* may talk to a person */
	unsigned seconds;   /* for one run */
};

/* What a credential is made of; every string is malloced and may be NULL. */
struct ka_credential_spec {
	char *token, *token_file, *cert_pem, *key_pem, *username, *password;
	struct ka_exec_spec *exec;
};
/* New; takes all of spec. */
struct ka_credential *ka_credential_new(struct ka_credential_spec take_spec);

/* Borrowed until the next call.  NULL: none of this kind. */
struct ka_credential_now {
	const char *bearer;
	const char *cert_pem, *key_pem; /* both or neither */
	const char *username, *password;
	unsigned generation; /* changes when any of the above does: connections made with the
			      * certificate of an earlier one are of no more use */
};

/* Reads a token file again when it is a minute old (client-go/transport/token_source.go), runs the
 * plugin when there is no credential yet or its time has come (client-go/plugin/pkg/client/auth/exec).
 * -1 and *err when none can be had; the message never quotes one. */
int ka_credential_get(struct ka_credential *c, struct ka_credential_now *ret, struct ka_err *err);

/* The server answered 401: true when asking again may bring another credential (a file, a plugin);
 * what was cached is dropped. */
bool ka_credential_refused(struct ka_credential *c);

void ka_credential_free(struct ka_credential *c);

#endif
