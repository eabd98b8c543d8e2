#include "ingest/feed.h"

#include <sched.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/stop.h"
#include "ingest/admission.h"
#include "ingest/pipeline.h"

#define STEP_NS UINT64_C(200000000)          /* at most five progress calls a second */

void clr_feed_init(struct clr_feed *feed, struct clr_plan *plan, const struct clr_progress *progress, size_t block_size)
{
    *feed = (struct clr_feed){ .plan = plan, .progress = progress, .block_size = block_size };
    atomic_flag_clear(&feed->baton);
    for (uint32_t i = 0; i < plan->order_count; i++) feed->bytes_total += plan->order[i]->input.content_size;
}

void clr_feed_close(struct clr_feed *feed)
{
    if (feed->blocks != NULL) clr_blocks_close(feed->blocks);
    feed->blocks = NULL;
}

void clr_feed_begin(struct clr_feed *feed, struct clr_batch *batch)
{
    feed->batch = batch;
    feed->full = false;
}

bool clr_feed_done(const struct clr_feed *feed) { return feed->job >= feed->plan->order_count; }

static void take_baton(struct clr_feed *feed)
{
    /* Acquire pairs with the release in give_baton: the next holder sees the stream and the block list as the last one left them. */
    while (atomic_flag_test_and_set_explicit(&feed->baton, memory_order_acquire)) sched_yield();
}

static void give_baton(struct clr_feed *feed) { atomic_flag_clear_explicit(&feed->baton, memory_order_release); }

/** The stream of the job at hand is at its end, or the job is refused. */
static void next_job(struct clr_feed *feed)
{
    clr_feed_close(feed);
    feed->job++;
}

static enum clr_status refuse_or_fail(struct clr_feed *feed, struct clr_job *job, enum clr_status status, enum clr_file_reason reason,
                                      const struct clr_fault *mine, struct clr_fault *fault)
{
    if (status != CLR_REFUSED) {
        if (fault != NULL) *fault = *mine;
        return status;
    }
    clr_job_refuse(job, reason, mine);
    next_job(feed);
    return CLR_OK;
}

/** Does the batch go on with this job? Files of moves (and the like) stand alone. */
static bool job_fits(struct clr_feed *feed, const struct clr_job *job)
{
    return !clr_format_is_alone(job->codec->format) && feed->batch->block_count < feed->batch->block_capacity && clr_batch_has_room(feed->batch);
}

static enum clr_status read_block(struct clr_feed *feed, uint8_t *buffer, struct clr_block *out, struct clr_fault *fault)
{
    out->size = 0;
    while (out->size == 0 && !clr_feed_done(feed)) {
        struct clr_job *const job = feed->plan->order[feed->job];
        struct clr_fault mine = { 0 };
        enum clr_file_reason reason = CLR_FILE_REASON_FRAMING;
        enum clr_status status = CLR_OK;

        if (job->state == CLR_JOB_REFUSED) {
            next_job(feed);
            continue;
        }
        if (!job_fits(feed, job)) {
            feed->full = true;
            return CLR_OK;
        }
        if (feed->blocks == NULL) status = clr_blocks_open(&job->input, &job->file, feed->block_size, &feed->blocks, &reason, &mine);
        if (status == CLR_OK) status = clr_blocks_next(feed->blocks, buffer, out, &reason, &mine);
        if (status != CLR_OK) {
            out->size = 0;
            CLR_TRY(refuse_or_fail(feed, job, status, reason, &mine, fault));
            continue;
        }
        if (out->size > 0) {
            struct clr_block_info *const info = &feed->batch->block[feed->batch->block_count++];
            *info = (struct clr_block_info){ .file = feed->job, .offset = out->offset };
            feed->bytes_done += out->size;
        }
        if (out->last) {
            job->ended = true;
            next_job(feed);
        }
    }
    return CLR_OK;
}

/** Tell the caller how far we are; false asks to stop. Only the command's own thread reports. */
static bool report_step(struct clr_feed *feed)
{
    if (feed->progress == NULL || feed->progress->step == NULL) return true;
    const uint64_t now = clr_clock_monotonic_ns();
    if (now - feed->last_step_ns < STEP_NS) return true;
    feed->last_step_ns = now;
    return feed->progress->step(feed->progress->context, "ingest", feed->bytes_done, feed->bytes_total, 0);
}

enum clr_status clr_feed_next(struct clr_feed *feed, bool report, uint8_t *buffer, uint32_t *block, struct clr_bytes *bytes, struct clr_fault *fault)
{
    struct clr_block read = { 0 };
    enum clr_status status = CLR_OK;

    take_baton(feed);
    if (clr_stop_requested()) status = CLR_STOPPED;
    else if (!feed->full) status = read_block(feed, buffer, &read, fault);
    *block = feed->batch->block_count - 1;
    if (status == CLR_OK && report && !report_step(feed)) status = CLR_STOPPED;
    give_baton(feed);
    if (status != CLR_OK) return status;
    if (read.size == 0) return CLR_NOT_FOUND;
    *bytes = clr_bytes_of(read.data, read.size);
    return CLR_OK;
}
