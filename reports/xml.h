/* A writer of well-formed XML on a ka_out, whatever the strings are.  All functions take NULL for a
 * writer that is only being rehearsed, and do nothing then. */
#ifndef KA_REPORTS_XML_H
#define KA_REPORTS_XML_H

#include <stdbool.h>
#include <stdint.h>

#include <kassay/out.h>

struct ka_xml {
	void *writer; /* libxml2's, which stays in xml.c */
	bool bad;     /* it reported a failure */
};

int ka_xml_init(struct ka_xml *x, struct ka_out *out, struct ka_err *err);
/* Closes what is open.  -1 and *err when libxml2 reported a failure on the way. */
int ka_xml_release(struct ka_xml *x, struct ka_err *err);

void ka_xml_start(struct ka_xml *x, const char *element);
void ka_xml_end(struct ka_xml *x);
void ka_xml_attr_start(struct ka_xml *x, const char *name);
void ka_xml_attr_end(struct ka_xml *x);
void ka_xml_attr(struct ka_xml *x, const char *name, const char *value);
void ka_xml_attr_uint(struct ka_xml *x, const char *name, uint64_t n);
/* Text, or part of the value of the attribute that is open.  Bytes that are not UTF-8 and
 * characters that XML 1.0 may not hold become U+FFFD.  NULL writes nothing. */
void ka_xml_put(struct ka_xml *x, const char *s);
void ka_xml_put_uint(struct ka_xml *x, uint64_t n);

#endif
