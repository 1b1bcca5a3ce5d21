/* GKE's form of an audit event; see auditlog.h. */
#ifndef KA_SOURCE_AUDITLOG_GKE_H
#define KA_SOURCE_AUDITLOG_GKE_H

#include "source/auditlog_own.h"

/* An entry of Cloud Logging whose protoPayload is of the service k8s.io.  -1 when fn had enough. */
int ka_al_gke(struct ka_al *al, struct ka_al_scan *s);

#endif
