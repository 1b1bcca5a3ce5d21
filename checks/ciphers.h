/* TLS cipher suites, by the names of Go's crypto/tls. */
#ifndef CHECKS_CIPHERS_H
#define CHECKS_CIPHERS_H

#include <stdbool.h>
#include <stddef.h>

/* True when the comma-separated list names a suite without forward secrecy, with a broken cipher, or
 * with CBC and SHA-1.  The list need not be NUL-terminated. */
bool ka_ciphers_weak(const char *list, size_t len);

#endif
