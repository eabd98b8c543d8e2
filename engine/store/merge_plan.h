/*
 * merge_plan.h: which runs are merged into one, and when (ADR 0010). A function of the runs' manifests alone.
 *
 * A run holds a day as its own when at least one row in CLR_RUN_DAY_SHARE is of that day: a night's file with a few late records of thirty
 * other days is no run of those. Merging is due when more than CLR_RUNS_OF_DAY runs hold a day as their own, or more than CLR_RUNS_OF_DAY_ANY
 * hold any row of it, and some of them can be merged into a run at least twice as large as the largest of them.
 *
 * Of the runs of that day, sorted by rows, the stretch is taken whose sum is the greatest multiple of its largest run: a row is written
 * again only when its run grows at least twofold, and about eightfold when runs of one size come in one after another.
 *
 * Threads   pure; the group borrows the store's runs.
 */
#ifndef CLR_STORE_MERGE_PLAN_H
#define CLR_STORE_MERGE_PLAN_H

#include "store/runs.h"

#define CLR_RUNS_OF_DAY 8
#define CLR_RUNS_OF_DAY_ANY 32
#define CLR_RUN_DAY_SHARE 256
#define CLR_MERGE_RUNS_MAX 64

/** The day that most runs hold. */
struct clr_merge_outlook {
    clr_day day;                         /* CLR_DAY_NONE when there is no row */
    uint32_t runs;                       /* that hold it as their own */
    bool due;
};

/** Runs to merge; those without rows are among them and simply go. */
struct clr_merge_group {
    struct clr_run **run;                /* malloc'ed list of borrowed runs, in order of id */
    size_t count;
    uint64_t rows;
};

/** @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_merge_look(struct clr_run *const *run, size_t count, struct clr_merge_outlook *out);

/** @return CLR_OK (clr_merge_group_free) | CLR_NOT_FOUND when nothing is due | CLR_FULL */
CLR_MUST_USE enum clr_status clr_merge_choose(struct clr_run *const *run, size_t count, struct clr_merge_group *out);
void clr_merge_group_free(struct clr_merge_group *group);

#endif
