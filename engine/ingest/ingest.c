/* The ingest command: plan, archive, batches, result (clr.h). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/stop.h"
#include "ingest/dedup.h"
#include "ingest/finish.h"
#include "ingest/maintain.h"
#include "ingest/moves.h"
#include "ingest/pipeline.h"
#include "ingest/stages.h"
#include "ingest/trial.h"
#include "store/archive.h"

/* ---- the changed-file check and the archive ---- */

static void refuse_changed(struct clr_job *job, const struct clr_fault *fault)
{
    clr_job_refuse(job, CLR_FILE_REASON_CHANGED, fault);
}

static enum clr_status archive_jobs(struct clr_store *store, const struct clr_ingest_options *options, struct clr_plan *plan, struct clr_fault *fault)
{
    char directory[600];
    if (options->archive == CLR_ARCHIVE_NONE || options->dry_run) return CLR_OK;
    clr_store_archive_path(store, directory);
    for (uint32_t i = 0; i < plan->order_count; i++) {
        struct clr_job *const job = plan->order[i];
        struct clr_fault mine = { 0 };
        if (job->state != CLR_JOB_NEW) continue;
        const enum clr_status status = clr_archive_write(directory, store->key, &job->input, store->options.threads,
                                                         options->archive == CLR_ARCHIVE_REFERENCE, &mine);
        if (status == CLR_REFUSED) refuse_changed(job, &mine);
        else if (status != CLR_OK) {
            if (fault != NULL) *fault = mine;
            return status;
        }
    }
    return CLR_OK;
}

/** A refused file leaves no archive. Another file of the same bytes cannot be in: it would have been already-done. */
static void unarchive_refused(struct clr_store *store, const struct clr_plan *plan)
{
    char directory[600];
    clr_store_archive_path(store, directory);
    for (uint32_t i = 0; i < plan->order_count; i++)
        if (plan->order[i]->state == CLR_JOB_REFUSED && clr_archive_remove(directory, plan->order[i]->input.received) != CLR_OK) continue;
}

/* ---- batches ---- */

static enum clr_status take_batch(struct clr_batch *batch, struct clr_feed *feed, struct clr_fault *fault)
{
    CLR_TRY(clr_batch_begin(batch, feed, fault));
    CLR_TRY(clr_batch_decode(batch, feed, fault));
    CLR_TRY(clr_batch_drop_refused(batch, fault));
    CLR_TRY(clr_batch_judge(batch, fault));
    CLR_TRY(clr_batch_finish(batch, fault));
    clr_lap_end(&batch->worker[0].lap, CLR_STAGE_FINISH);
    return CLR_OK;
}

/* ---- stages, when they are asked for ---- */

static void start_laps(struct clr_batch *batch, struct clr_stages *stages)
{
    if (stages == NULL) return;
    stages->txn_size = sizeof(struct clr_txn);
    for (unsigned i = 0; i < batch->threads; i++) {
        clr_lap_start(&batch->worker[i].lap);
        batch->worker[i].checker.lap = &batch->worker[i].lap;
    }
}

static void gather_laps(const struct clr_batch *batch, struct clr_stages *stages)
{
    for (unsigned i = 0; stages != NULL && batch != NULL && i < batch->threads; i++) clr_stages_add(stages, &batch->worker[i].lap);
}

static enum clr_status take_all(struct clr_store *store, struct clr_plan *plan, const struct clr_ingest_options *options, struct clr_fault *fault)
{
    struct clr_batch *batch = NULL;
    struct clr_feed feed;
    enum clr_status status = clr_batch_create(store, plan, &batch, fault);
    clr_feed_init(&feed, plan, &options->progress, batch != NULL ? batch->block_size : CLR_BLOCK_SIZE);
    if (status == CLR_OK) start_laps(batch, options->stages);
    while (status == CLR_OK && !clr_feed_done(&feed)) {
        struct clr_job *const job = plan->order[feed.job];
        if (clr_stop_requested()) {
            status = CLR_STOPPED;
        } else if (job->state == CLR_JOB_REFUSED) {
            feed.job++;
        } else if (clr_format_is_alone(job->codec->format)) {
            status = clr_moves_take(store, plan, job, fault);
            feed.job++;
        } else {
            status = take_batch(batch, &feed, fault);
        }
    }
    gather_laps(batch, options->stages);
    clr_feed_close(&feed);
    clr_batch_destroy(batch);
    return status;
}

static enum clr_status done_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    (void)store;
    (void)context;
    return clr_admission_done(tx, fault);
}

/* ---- the result ---- */

static char *copy_text(const char *text)
{
    char *const copy = strdup(text != NULL ? text : "");
    return copy;
}

static enum clr_status copy_findings(const struct clr_job *job, struct clr_file_result *out)
{
    out->refusal = -1;
    free(out->finding);
    out->finding = calloc(job->file.finding_count + 1, sizeof *out->finding);
    if (out->finding == NULL) return CLR_FULL;
    out->finding_count = job->file.finding_count;
    memcpy(out->finding, job->file.findings, job->file.finding_count * sizeof *out->finding);
    return CLR_OK;
}

static enum clr_status fill_refused(const struct clr_job *job, struct clr_file_result *out)
{
    out->status = CLR_FILE_REFUSED;
    out->fault = job->fault;
    CLR_TRY(copy_findings(job, out));
    out->refusal = job->refusal;
    return CLR_OK;
}

/** First and current figures of a file that is in the store. */
static enum clr_status fill_from_store(struct clr_tx *tx, const struct clr_codec_list *codecs, uint32_t admission, struct clr_file_result *out, struct clr_fault *fault)
{
    struct clr_file file;
    CLR_TRY(clr_file_get(tx, admission, &file, fault));
    const struct clr_codec *const codec = clr_codec_by_format(codecs, (enum clr_format)file.format);
    free(out->sender);
    free(out->file_id);
    out->admission = admission;
    out->sender = copy_text(file.sender);
    out->file_id = copy_text(file.file_id);
    out->format = codec != NULL ? codec->name : "";
    out->stamp = file.stamp;
    out->window = file.window;
    out->figures = file.first;
    out->current = file.current;
    out->changed = memcmp(&file.first, &file.current, sizeof file.first) != 0;
    clr_file_free(&file);
    return out->sender != NULL && out->file_id != NULL ? CLR_OK : CLR_FULL;
}

static enum clr_status fill_file(struct clr_tx *tx, const struct clr_codec_list *codecs, const struct clr_plan *plan, const struct clr_job *job,
                                 struct clr_file_result *out, struct clr_fault *fault)
{
    out->name = copy_text(job->path);
    out->sender = copy_text(job->sender_name);
    out->file_id = copy_text(job->file_id);
    out->format = job->codec != NULL ? job->codec->name : "";
    out->stamp = job->stamp;
    out->window = CLR_DAY_NONE;
    memcpy(out->digest, job->input.received, CLR_DIGEST_SIZE);
    if (out->name == NULL || out->sender == NULL || out->file_id == NULL) return CLR_FULL;
    CLR_TRY(copy_findings(job, out));
    switch (job->state) {
    case CLR_JOB_FINISHED:
        out->status = CLR_FILE_OK;
        return fill_from_store(tx, codecs, job->admission, out, fault);
    case CLR_JOB_DONE:
        out->status = CLR_FILE_ALREADY_DONE;
        out->refusal = -1;
        out->finding_count = 0;
        return fill_from_store(tx, codecs, job->done_as, out, fault);
    case CLR_JOB_TWIN:
        if (plan->order[job->done_as]->state == CLR_JOB_FINISHED) {
            out->status = CLR_FILE_ALREADY_DONE;
            return fill_from_store(tx, codecs, plan->order[job->done_as]->admission, out, fault);
        }
        return fill_refused(plan->order[job->done_as], out);       /* the same bytes, refused once */
    default:
        return fill_refused(job, out);
    }
}

/** Admitted files in order of admission, then the others in order of arguments. */
static int by_result_order(const void *a, const void *b)
{
    const struct clr_job *const x = *(const struct clr_job *const *)a, *const y = *(const struct clr_job *const *)b;
    const uint32_t m = x->state == CLR_JOB_FINISHED ? x->admission : UINT32_MAX, n = y->state == CLR_JOB_FINISHED ? y->admission : UINT32_MAX;
    if (m != n) return m < n ? -1 : 1;
    return (x->argument > y->argument) - (x->argument < y->argument);
}

static enum clr_status fill_result(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_plan *plan, struct clr_ingest_result *out,
                                   struct clr_fault *fault)
{
    struct clr_tx tx;
    const struct clr_job **const order = malloc((plan->job_count + 1) * sizeof *order);
    out->file = calloc(plan->job_count + 1, sizeof *out->file);
    if (order == NULL || out->file == NULL) {
        free(order);
        return CLR_FULL;
    }
    for (size_t i = 0; i < plan->job_count; i++) order[i] = &plan->jobs[i];
    if (plan->job_count > 1) qsort(order, plan->job_count, sizeof *order, by_result_order);
    enum clr_status status = clr_tx_begin(&store->env, false, &tx, fault);
    for (; status == CLR_OK && out->file_count < plan->job_count; out->file_count++) {
        struct clr_file_result *const file = &out->file[out->file_count];
        status = fill_file(&tx, codecs, plan, order[out->file_count], file, fault);
        if (status == CLR_OK && file->status != CLR_FILE_REFUSED) status = clr_figures_add(&out->totals, &file->figures);
        if (file->status == CLR_FILE_REFUSED) out->worst = CLR_REFUSED;
    }
    if (tx.txn != NULL) clr_tx_abort(&tx);
    free(order);
    return status;
}

void clr_ingest_result_free(struct clr_ingest_result *result)
{
    for (size_t i = 0; i < result->file_count; i++) {
        free(result->file[i].name);
        free(result->file[i].sender);
        free(result->file[i].file_id);
        free(result->file[i].finding);
    }
    free(result->file);
    memset(result, 0, sizeof *result);
}

/* ---- the command ---- */

static enum clr_status ingest(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options,
                              const char *const *paths, size_t path_count, struct clr_ingest_result *out, struct clr_fault *fault)
{
    struct clr_plan plan;
    clr_stages_begin(options->stages, store->options.threads);
    enum clr_status status = clr_plan_make(store, codecs, options, paths, path_count, &plan, fault);
    clr_stages_step(options->stages, CLR_STAGE_DIGEST);
    if (status == CLR_OK) status = archive_jobs(store, options, &plan, fault);
    if (status == CLR_OK && plan.order_count > 0) status = take_all(store, &plan, options, fault);
    if (status == CLR_OK && plan.order_count > 0) status = clr_store_write(store, done_step, NULL, fault);
    if (status == CLR_OK) {
        unarchive_refused(store, &plan);
        clr_stages_step(options->stages, CLR_STAGE_OTHER);
        status = clr_maintain_after(store, options, plan.order_count > 0, &out->maintained, fault);
        clr_stages_step(options->stages, CLR_STAGE_MAINTAIN);
    }
    if (status == CLR_OK) {
        status = fill_result(store, codecs, &plan, out, fault);
    }
    if (status == CLR_STOPPED) clr_fault_say(fault, status, "stopped; run the same command again to go on", "已停止；再次运行同一命令即可继续");
    clr_plan_free(&plan);
    clr_stages_end(options->stages);
    return status;
}

enum clr_status clr_ingest(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options,
                           const char *const *paths, size_t path_count, struct clr_ingest_result *out, struct clr_fault *fault)
{
    struct clr_trial trial;
    memset(out, 0, sizeof *out);
    if (!options->dry_run) return ingest(store, codecs, options, paths, path_count, out, fault);
    CLR_TRY(clr_trial_begin(store, &trial, fault));
    const enum clr_status status = ingest(store, codecs, options, paths, path_count, out, fault);
    const enum clr_status ended = clr_trial_end(store, &trial, fault);
    return status != CLR_OK ? status : ended;
}
