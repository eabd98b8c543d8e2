/*
 * merge.h: several ready runs become one: the same rows, partitioned anew, under a run id of its own.
 *
 * All runs are partitioned by prefixes of one 64-bit hash, so a prefix of the new run needs the matching partitions of the old ones only:
 * workers claim prefixes, merge the sorted rows of each, pack them, and hand the segments to the writer.
 *
 * Crash     building → (new run ready, old ones retired: one commit) → old ones deleted. What is building or retired when a store is
 *           opened is swept; so at any moment either the old runs count or the new one.
 * Same      what a row says, its record id and its first verdict. Only run, partition, part, row and the ordinal of its file change,
 *           and nothing but the manifest refers to those.
 * Memory    some 24 MiB a worker, plus what waits for the writer (a quarter of --memory), however large a partition is.
 * Threads   the command's thread; uses options.threads workers inside.
 */
#ifndef CLR_STORE_MERGE_H
#define CLR_STORE_MERGE_H

#include "store/merge_plan.h"
#include "store/store.h"

struct clr_merge_done { uint64_t runs, rows, bytes; };          /* runs that went, rows and bytes written */

/** What all merges of a store came to, in `meta`. */
#define CLR_META_MERGES "merges"               /* how many there were; then the last one's: */
#define CLR_META_MERGE_RUNS "merge-runs"
#define CLR_META_MERGE_ROWS "merge-rows"
#define CLR_META_MERGE_BYTES "merge-bytes"

/**
 * Merge a group. The store's list of runs is brought up to date; runs of the group are freed.
 * @return CLR_OK | CLR_FULL (no room in map, disk or memory: as before) | CLR_STOPPED (as before) | CLR_DAMAGED (a source cannot be read)
 */
CLR_MUST_USE enum clr_status clr_runs_merge(struct clr_store *store, const struct clr_merge_group *group, const struct clr_progress *progress,
                                            struct clr_merge_done *out, struct clr_fault *fault);

#endif
