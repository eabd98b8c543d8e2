#include "ingest/reader.h"

#include <sched.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/stop.h"
#include "ingest/admission.h"
#include "ingest/pipeline.h"

#define STEP_NS UINT64_C(200000000)          /* at most five progress calls a second */

void clr_reader_init(struct clr_reader *reader, struct clr_plan *plan, const struct clr_progress *progress, size_t block_size)
{
    *reader = (struct clr_reader){ .plan = plan, .progress = progress, .block_size = block_size };
    atomic_flag_clear(&reader->baton);
    for (uint32_t i = 0; i < plan->order_count; i++) reader->bytes_total += plan->order[i]->input.content_size;
}

void clr_reader_close(struct clr_reader *reader)
{
    if (reader->blocks != NULL) clr_blocks_close(reader->blocks);
    reader->blocks = NULL;
}

void clr_reader_begin(struct clr_reader *reader, struct clr_batch *batch)
{
    reader->batch = batch;
    reader->full = false;
}

bool clr_reader_done(const struct clr_reader *reader) { return reader->job >= reader->plan->order_count; }

static void take_baton(struct clr_reader *reader)
{
    /* Acquire pairs with the release in give_baton: the next holder sees the stream and the block list as the last one left them. */
    while (atomic_flag_test_and_set_explicit(&reader->baton, memory_order_acquire)) sched_yield();
}

static void give_baton(struct clr_reader *reader) { atomic_flag_clear_explicit(&reader->baton, memory_order_release); }

/** The stream of the job at hand is at its end, or the job is refused. */
static void next_job(struct clr_reader *reader)
{
    clr_reader_close(reader);
    reader->job++;
}

static enum clr_status refuse_or_fail(struct clr_reader *reader, struct clr_job *job, enum clr_status status, enum clr_file_reason reason,
                                      const struct clr_fault *mine, struct clr_fault *fault)
{
    if (status != CLR_REFUSED) {
        if (fault != NULL) *fault = *mine;
        return status;
    }
    clr_job_refuse(job, reason, mine);
    next_job(reader);
    return CLR_OK;
}

/** Does the batch go on with this job? Files of moves stand alone. */
static bool job_fits(struct clr_reader *reader, const struct clr_job *job)
{
    return job->codec->format != CLR_FORMAT_MOVES && reader->batch->block_count < reader->batch->block_capacity && clr_batch_has_room(reader->batch, job);
}

static enum clr_status read_block(struct clr_reader *reader, uint8_t *buffer, struct clr_block *out, struct clr_fault *fault)
{
    out->size = 0;
    while (out->size == 0 && !clr_reader_done(reader)) {
        struct clr_job *const job = reader->plan->order[reader->job];
        struct clr_fault mine = { 0 };
        enum clr_file_reason reason = CLR_FILE_REASON_FRAMING;
        enum clr_status status = CLR_OK;

        if (job->state == CLR_JOB_REFUSED) {
            next_job(reader);
            continue;
        }
        if (!job_fits(reader, job)) {
            reader->full = true;
            return CLR_OK;
        }
        if (reader->blocks == NULL) status = clr_blocks_open(&job->input, &job->file, reader->block_size, &reader->blocks, &reason, &mine);
        if (status == CLR_OK) status = clr_blocks_next(reader->blocks, buffer, out, &reason, &mine);
        if (status != CLR_OK) {
            out->size = 0;
            CLR_TRY(refuse_or_fail(reader, job, status, reason, &mine, fault));
            continue;
        }
        if (out->size > 0) {
            struct clr_block_info *const info = &reader->batch->block[reader->batch->block_count++];
            *info = (struct clr_block_info){ .file = reader->job, .offset = out->offset };
            reader->bytes_done += out->size;
        }
        if (out->last) {
            job->ended = true;
            next_job(reader);
        }
    }
    return CLR_OK;
}

/** Tell the caller how far we are; false asks to stop. Only the command's own thread reports. */
static bool report_step(struct clr_reader *reader)
{
    if (reader->progress == NULL || reader->progress->step == NULL) return true;
    const uint64_t now = clr_clock_monotonic_ns();
    if (now - reader->last_step_ns < STEP_NS) return true;
    reader->last_step_ns = now;
    return reader->progress->step(reader->progress->context, "ingest", reader->bytes_done, reader->bytes_total, 0);
}

enum clr_status clr_reader_next(struct clr_reader *reader, bool report, uint8_t *buffer, uint32_t *block, struct clr_bytes *bytes, struct clr_fault *fault)
{
    struct clr_block read = { 0 };
    enum clr_status status = CLR_OK;

    take_baton(reader);
    if (clr_stop_requested()) status = CLR_STOPPED;
    else if (!reader->full) status = read_block(reader, buffer, &read, fault);
    *block = reader->batch->block_count - 1;
    if (status == CLR_OK && report && !report_step(reader)) status = CLR_STOPPED;
    give_baton(reader);
    if (status != CLR_OK) return status;
    if (read.size == 0) return CLR_NOT_FOUND;
    *bytes = clr_bytes_of(read.data, read.size);
    return CLR_OK;
}
