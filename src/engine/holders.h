/* The least-privilege part of a report: every subject that holds more than everybody. */
#ifndef KA_ENGINE_HOLDERS_H
#define KA_ENGINE_HOLDERS_H

#include <kassay/check.h>
#include <kassay/report.h>

struct ka_arena;
struct ka_intern;

/* Fills *ret, which then lives as long as the arena and the interner (and its `log` as long as
 * usage).  usage NULL: there is no audit log. */
void ka_holders_judge(const struct ka_facts *facts, const struct ka_usage *usage, struct ka_arena *arena,
		     struct ka_intern *in, struct ka_least_privilege *ret);

#endif
