/* The API server's metrics, as text that goes by: of some hundred thousand lines a handful tells
 * whether what is stored is encrypted. */
#ifndef KA_SOURCE_METRICS_H
#define KA_SOURCE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include <kassay/out.h>

struct ka_metrics;

struct ka_metrics *ka_metrics_new(void);
void ka_metrics_free(struct ka_metrics *m);
/* Forgets all: the text begins anew. */
void ka_metrics_reset(struct ka_metrics *m);
/* The next piece, wherever it was cut.  Only the line that is not whole yet is held, and none that
 * is longer than a line of interest can be. */
void ka_metrics_feed(struct ka_metrics *m, const char *p, size_t len);
/* The text is at its end.  Returns how many lines of interest could not be understood: nothing may
 * be concluded from what is absent then. */
unsigned ka_metrics_finish(struct ka_metrics *m);
/* {"transformers": {...}} as struct ka_fact has it. */
void ka_metrics_write(const struct ka_metrics *m, struct ka_out *out);

#endif
