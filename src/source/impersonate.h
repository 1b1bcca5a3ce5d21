/* Acting as somebody else: the headers that say as whom. */
#ifndef KA_SOURCE_IMPERSONATE_H
#define KA_SOURCE_IMPERSONATE_H

#include "source/access.h"

/* Calls add() with each header; both strings are its own only until it returns.  None when nobody is to
 * be acted as.  client-go/transport/round_trippers.go. */
void ka_impersonate(const struct ka_access *access, void (*add)(void *arg, const char *name, const char *value),
		    void *arg);

#endif
