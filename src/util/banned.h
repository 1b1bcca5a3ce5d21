/* Functions that are too easy to use wrongly do not compile here; see the names beside them. */
#ifndef KA_UTIL_BANNED_H
#define KA_UTIL_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol atoll gmtime localtime ctime asctime

#endif
