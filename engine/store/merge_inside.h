/*
 * merge_inside.h: what the two halves of a merge share: the workers that make segments (merge_unit.c) and the writer (merge.c).
 *
 * Work is shared out by units: prefixes of `unit_bits` bits of the placement hash. Finished segments go to the writer through a stack:
 * workers push, the writer takes all of it at once, so nothing is ever taken while it is being pushed.
 */
#ifndef CLR_STORE_MERGE_INSIDE_H
#define CLR_STORE_MERGE_INSIDE_H

#include <stdatomic.h>

#include "store/merge.h"
#include "store/segment.h"

#define CLR_MERGE_SPLIT_BITS 4           /* a unit makes at most 2^4 partitions */
#define CLR_MERGE_SORTED_ROWS 262144     /* 16 bytes each, twice */
#define CLR_MERGE_WORKER_MEMORY (UINT64_C(24) << 20)

struct clr_merged_part {
    struct clr_part part;
    uint8_t *row, *idx;
    size_t row_size, idx_size;
    struct clr_merged_part *next;
};

struct clr_merge {
    struct clr_store *store;
    struct clr_run *const *source;
    size_t source_count;
    uint32_t **file;                     /* by source: file ordinal there → in the new run */
    struct clr_run *target;              /* the store's; parts sorted when all are written */
    unsigned unit_bits;
    uint64_t seed;                       /* of placement hashes */
    uint64_t rows;                       /* of all sources */
    uint64_t waiting_max;                /* bytes */
    uint64_t sorted_rows;                /* a unit of no more rows is sorted, one of more merged with a heap */

    _Atomic uint32_t next_unit, units_done;
    _Atomic uint64_t rows_done;
    _Atomic uint64_t waiting;            /* bytes of segments that wait for the writer */
    struct clr_merged_part *_Atomic finished;
    _Atomic int failed;                  /* enum clr_status of the first failure; workers stop */
    struct clr_fault worker_fault;       /* of the worker that set `failed` */

    /* the writer's own */
    struct clr_tx tx;
    bool begun;
    struct clr_merged_part *held;        /* indexes that go in together, behind the rows of their commit */
    uint64_t held_bytes, bytes;          /* bytes: written so far */
    uint64_t bytes_total;                /* stored by the sources */
    uint32_t part_capacity;
    const struct clr_progress *progress;
    uint64_t last_step_ns;
};

/** One worker: claims units until there are none left, or one failed. Worker 0 also writes, and stays until all units are done. */
void clr_merge_work(void *context, unsigned worker);

/** The writer: put what is finished. */
CLR_MUST_USE enum clr_status clr_merge_write_finished(struct clr_merge *merge, struct clr_fault *fault);

void clr_merged_part_free(struct clr_merged_part *part);

#endif
