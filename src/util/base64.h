/* Base64 as Go's encoding/base64 StdEncoding reads it: line ends are passed over, padding is needed. */
#ifndef KA_UTIL_BASE64_H
#define KA_UTIL_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes where it stands; *ret_len is the number of bytes.  False when it is no base64, and the text
 * is then spoilt. */
bool ka_base64_decode(char *s, size_t len, size_t *ret_len);
/* New, NUL-terminated. */
char *ka_base64_encode(const char *s, size_t len);

#endif
