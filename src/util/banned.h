/* Functions that are too easy to use wrongly do not compile in files that include this, last of all.
 *
 * Instead: snprintf(), util/str.h and util/arena.h for strings, ka_str_to_u64() for numbers,
 * ka_time_parse() and ka_time_format() for times. */
#ifndef KA_UTIL_BANNED_H
#define KA_UTIL_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok
#pragma GCC poison atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime

#endif
