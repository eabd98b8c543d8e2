/*
 * feed.h: the files of a command as one sequence of blocks, read by whichever worker holds the baton.
 *
 * Reading is sequential by nature (a stream, a cut that looks for record ends), decoding is not: a worker takes the baton, reads one block into
 * its own buffer, gives the baton on and decodes. The wait for the baton is a spin that yields; it is short, a block is read several times
 * faster than it is decoded.
 *
 * The feed goes on where it was from batch to batch. A file of moves ends a batch: it is taken in on its own (ingest/moves.h).
 * Threads   clr_feed_next from any worker; everything else by the command's thread while no worker runs.
 */
#ifndef CLR_INGEST_FEED_H
#define CLR_INGEST_FEED_H

#include "ingest/batch.h"

struct clr_feed {
    struct clr_plan *plan;
    const struct clr_progress *progress;
    size_t block_size;
    /* under the baton */
    atomic_flag baton;
    uint32_t job;                        /* ordinal of the job being read or to be read next */
    struct clr_blocks *blocks;           /* open stream of that job, NULL between files */
    struct clr_batch *batch;
    bool full;                           /* this batch takes no more */
    uint64_t bytes_done, bytes_total;
    uint64_t last_step_ns;
};

void clr_feed_init(struct clr_feed *feed, struct clr_plan *plan, const struct clr_progress *progress, size_t block_size);
void clr_feed_close(struct clr_feed *feed);

/** Before phase A of a batch. */
void clr_feed_begin(struct clr_feed *feed, struct clr_batch *batch);

/**
 * Next block of the batch into `buffer`.
 * @return CLR_OK with *block (its ordinal in batch->block) and the bytes; CLR_NOT_FOUND when the batch has no more; else a failure of the command.
 */
CLR_MUST_USE enum clr_status clr_feed_next(struct clr_feed *feed, bool report, uint8_t *buffer, uint32_t *block, struct clr_bytes *bytes, struct clr_fault *fault);

/** All files read? */
bool clr_feed_done(const struct clr_feed *feed);

#endif
