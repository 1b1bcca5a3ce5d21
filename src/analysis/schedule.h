/* How rarely a CronJob runs. */
#ifndef KA_ANALYSIS_SCHEDULE_H
#define KA_ANALYSIS_SCHEDULE_H

/* The longest time from one run to the next in whole days, at least 1; -1 when it cannot be read or
 * never comes round.  As github.com/robfig/cron/v3 reads schedules for Kubernetes: five fields, or
 * @monthly and the like, or @every; TZ= before it is passed over. */
int ka_schedule_days(const char *schedule);

#endif
