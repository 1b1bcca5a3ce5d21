#include <string.h>

#include <kassay/report.h>

#include "util/banned.h"

static const char *const severity_name[] = {
	[KA_SEV_DEFAULT] = "never", [KA_INFO] = "info", [KA_LOW] = "low",
	[KA_MEDIUM] = "medium",	    [KA_HIGH] = "high", [KA_CRITICAL] = "critical",
};
static const char *const status_name[KA_NSTATUSES] = {
	[KA_PASS] = "pass",	[KA_FAIL] = "fail",	  [KA_NA] = "na",
	[KA_MANUAL] = "manual", [KA_UNKNOWN] = "unknown",
};

const char *
ka_severity_name(enum ka_severity s)
{
	return severity_name[s];
}

enum ka_severity
ka_severity_find(const char *name)
{
	for (int s = KA_INFO; s <= KA_CRITICAL; s++)
		if (strcmp(name, severity_name[s]) == 0)
			return (enum ka_severity)s;
	return KA_SEV_DEFAULT;
}

const char *
ka_status_name(enum ka_status s)
{
	return status_name[s];
}
