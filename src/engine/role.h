/* The least rights that kassay needs, from what it asks for (source/plan.h, source/facts.h) and what
 * checks need. */
#ifndef KA_ENGINE_ROLE_H
#define KA_ENGINE_ROLE_H

#include <kassay/graph.h>
#include <kassay/out.h>

#include "engine/select.h"

/* Writes YAML that kubectl apply takes: a ClusterRole of what the selected checks need (all that is
 * asked for, without a selection), a comment over each rule naming the checks it serves; and, where
 * kubelets are asked, another ClusterRole of what gives more than reading.  With namespaces: a Role for each
 * instead, and what no Role can give is named in a comment.  The selection must have passed
 * ka_selection_check(). */
void ka_role_write(struct ka_out *out, const struct ka_selection *selection, const struct ka_strs *namespaces);

#endif
