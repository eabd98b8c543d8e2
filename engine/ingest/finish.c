#include "ingest/finish.h"

#include <stdlib.h>

#include "ingest/admission.h"
#include "ingest/dedup.h"
#include "ingest/history.h"
#include "store/events.h"

/* ---- shares of the workers → jobs ---- */

static enum clr_status add_cells(struct clr_cells *to, const struct clr_cells *from)
{
    size_t count;
    if (from->count == 0) return CLR_OK;
    const struct clr_cell **const sorted = clr_cells_sorted(from, &count);
    enum clr_status status = sorted != NULL ? CLR_OK : CLR_FULL;
    for (size_t i = 0; status == CLR_OK && i < count; i++) status = clr_cells_add(to, &sorted[i]->key, &sorted[i]->sum, 1);
    free(sorted);
    return status;
}

static enum clr_status gather_shares(struct clr_batch *batch)
{
    for (uint32_t f = batch->first_job; f < batch->end_job; f++) {
        struct clr_job *const job = batch->job[f];
        for (unsigned w = 0; w < batch->threads && job->state != CLR_JOB_REFUSED; w++) {
            const struct clr_file_share *const share = batch->worker[w].share[f];
            if (share == NULL) continue;
            CLR_TRY(clr_figures_add(&job->figures, &share->figures));
            CLR_TRY(add_cells(&job->cells, &share->cells));
            if (share->window != CLR_DAY_NONE && (job->window == CLR_DAY_NONE || share->window < job->window)) job->window = share->window;
        }
    }
    return CLR_OK;
}

static int by_order(const void *a, const void *b)
{
    const struct clr_supersede *const x = a, *const y = b;
    return (x->normal > y->normal) - (x->normal < y->normal);
}

/** New events join those that wait for their file; in canonical order of their cause. */
static enum clr_status gather_events(struct clr_batch *batch)
{
    for (unsigned w = 0; w < batch->threads; w++) {
        size_t count;
        const struct clr_supersede *const events = clr_dedup_events(batch->worker[w].dedup, &count);
        if (batch->event_count + count > batch->event_capacity) {
            const size_t capacity = (batch->event_count + count) * 2;
            struct clr_supersede *const grown = realloc(batch->event, capacity * sizeof *grown);
            if (grown == NULL) return CLR_FULL;
            batch->event = grown;
            batch->event_capacity = capacity;
        }
        if (count > 0) memcpy(batch->event + batch->event_count, events, count * sizeof *events);
        batch->event_count += count;
    }
    if (batch->event_count > 1) qsort(batch->event, batch->event_count, sizeof *batch->event, by_order);
    return CLR_OK;
}

/* ---- verdict map ---- */

static int by_index(const void *a, const void *b)
{
    const struct clr_batch_exception *const x = a, *const y = b;
    return (x->batch_index > y->batch_index) - (x->batch_index < y->batch_index);
}

/** Scratch to order one stretch of CLR_VMAP_CHUNK records. */
struct stretch {
    uint32_t slot[CLR_VMAP_CHUNK];                                  /* by record of the stretch: 1 + which exception is its own */
    struct clr_batch_exception ordered[CLR_VMAP_CHUNK];
};
#define FEW 1024

/** Many exceptions of a stretch, put where they belong without comparing; false when a record has two. */
static bool place_exceptions(struct stretch *stretch, struct clr_batch_exception *exception, size_t count)
{
    size_t placed = 0;
    memset(stretch->slot, 0, sizeof stretch->slot);
    for (size_t i = 0; i < count; i++) {
        uint32_t *const slot = &stretch->slot[exception[i].batch_index % CLR_VMAP_CHUNK];
        if (*slot != 0) return false;
        *slot = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < CLR_VMAP_CHUNK; i++)
        if (stretch->slot[i] != 0) stretch->ordered[placed++] = exception[stretch->slot[i] - 1];
    memcpy(exception, stretch->ordered, count * sizeof *exception);
    return true;
}

/** Into stretches, `at` by stretch and one more: afterwards at[c] is where stretch c ends. */
static void deal_exceptions(const struct clr_batch *batch, struct clr_batch_exception *all, uint64_t *at)
{
    for (unsigned w = 0; w < batch->threads; w++)
        for (size_t i = 0; i < batch->worker[w].exception_count; i++) at[batch->worker[w].exception[i].batch_index / CLR_VMAP_CHUNK + 1]++;
    for (size_t c = 0; c < batch->records / CLR_VMAP_CHUNK + 1; c++) at[c + 1] += at[c];
    for (unsigned w = 0; w < batch->threads; w++)
        for (size_t i = 0; i < batch->worker[w].exception_count; i++) {
            const struct clr_batch_exception *const exception = &batch->worker[w].exception[i];
            all[at[exception->batch_index / CLR_VMAP_CHUNK]++] = *exception;
        }
}

/** All workers' exceptions in record order; malloc'ed. Each worker's list is nearly random in order, so one sort of the whole, linear however many there are. */
static enum clr_status sort_exceptions(const struct clr_batch *batch, struct clr_batch_exception **out, size_t *count)
{
    size_t total = 0, from = 0;
    for (unsigned w = 0; w < batch->threads; w++) total += batch->worker[w].exception_count;
    struct clr_batch_exception *const all = malloc((total + 1) * sizeof *all);
    uint64_t *const at = calloc(batch->records / CLR_VMAP_CHUNK + 2, sizeof *at);
    struct stretch *const stretch = malloc(sizeof *stretch);
    const bool room = all != NULL && at != NULL && stretch != NULL;
    if (room) deal_exceptions(batch, all, at);
    for (size_t c = 0; room && c < batch->records / CLR_VMAP_CHUNK + 1; c++) {
        if (at[c] - from > 1 && (at[c] - from < FEW || !place_exceptions(stretch, all + from, at[c] - from)))
            qsort(all + from, at[c] - from, sizeof *all, by_index);
        from = at[c];
    }
    free(stretch);
    free(at);
    if (room) *out = all;
    else free(all);
    *count = total;
    return room ? CLR_OK : CLR_FULL;
}

struct vmap_state {
    const struct clr_batch_exception *exception;
    size_t count, next;
    struct clr_exception *chunk;          /* of one chunk */
    uint64_t *reasons;                    /* the same */
};

static enum clr_status put_chunk(struct clr_batch *batch, struct clr_tx *tx, const struct clr_job *job, uint64_t first_number, uint64_t batch_index, size_t count,
                                 struct vmap_state *state, struct clr_fault *fault)
{
    size_t listed = 0;
    for (size_t i = 0; i < count; i++) state->reasons[i] = (uint64_t)batch->notes[batch_index + i] << 62;
    while (state->next < state->count && state->exception[state->next].batch_index < batch_index) state->next++;      /* of refused files */
    for (; state->next < state->count && state->exception[state->next].batch_index < batch_index + count; state->next++) {
        const struct clr_batch_exception *const from = &state->exception[state->next];
        state->reasons[from->batch_index - batch_index] = from->reasons;
        state->chunk[listed++] = (struct clr_exception){ .number = first_number + (from->batch_index - batch_index), .reasons = from->reasons,
                                                         .link = from->link, .amount_fen = from->amount_fen, .detail = (uint16_t)from->detail };
    }
    uint8_t key[12], *value;
    size_t size;
    clr_put_be32(key, job->admission);
    clr_put_be64(key + 4, first_number);
    CLR_TRY(clr_vmap_pack(first_number, state->reasons, count, state->chunk, listed, &value, &size));
    const enum clr_status status = clr_tx_put(tx, CLR_TABLE_vmap, key, sizeof key, value, size, fault);
    free(value);
    return status;
}

/** Blocks of one file stand together: their records are one stretch of the batch, cut into chunks. */
static enum clr_status put_file_map(struct clr_batch *batch, struct clr_tx *tx, uint32_t first_block, uint32_t end_block, struct vmap_state *state, struct clr_fault *fault)
{
    const struct clr_block_info *const first = &batch->block[first_block];
    const struct clr_job *const job = batch->job[first->file];
    uint64_t records = 0;

    for (uint32_t b = first_block; b < end_block; b++) {
        uint8_t key[12];
        clr_put_be32(key, job->admission);
        clr_put_be64(key + 4, batch->block[b].first_number);
        if (batch->block[b].records > 0) CLR_TRY(clr_tx_put(tx, CLR_TABLE_soff, key, sizeof key, &batch->block[b].offset, 8, fault));
        records += batch->block[b].records;
    }
    for (uint64_t done = 0; done < records; done += CLR_VMAP_CHUNK) {
        const size_t count = records - done < CLR_VMAP_CHUNK ? (size_t)(records - done) : CLR_VMAP_CHUNK;
        CLR_TRY(put_chunk(batch, tx, job, first->first_number + done, first->batch_index + done, count, state, fault));
    }
    return CLR_OK;
}

static enum clr_status put_maps(struct clr_batch *batch, struct clr_tx *tx, struct clr_fault *fault)
{
    struct vmap_state state = { 0 };
    struct clr_batch_exception *exceptions;
    CLR_TRY(sort_exceptions(batch, &exceptions, &state.count));
    state.exception = exceptions;
    state.chunk = malloc(CLR_VMAP_CHUNK * sizeof *state.chunk);
    state.reasons = malloc(CLR_VMAP_CHUNK * sizeof *state.reasons);
    enum clr_status status = state.chunk != NULL && state.reasons != NULL ? CLR_OK : CLR_FULL;
    for (uint32_t b = 0; b < batch->block_count && status == CLR_OK;) {
        uint32_t end = b + 1;
        while (end < batch->block_count && batch->block[end].file == batch->block[b].file) end++;
        if (batch->job[batch->block[b].file]->state != CLR_JOB_REFUSED) status = put_file_map(batch, tx, b, end, &state, fault);
        b = end;
    }
    free(state.chunk);
    free(state.reasons);
    free(exceptions);
    return status;
}

/* ---- files ---- */

void clr_job_describe(const struct clr_job *job, const struct clr_plan *plan, enum clr_archive_mode archive, struct clr_file *out)
{
    memset(out, 0, sizeof *out);
    out->admission = job->admission;
    memcpy(out->received, job->input.received, CLR_DIGEST_SIZE);
    memcpy(out->content, job->input.content, CLR_DIGEST_SIZE);
    out->name = job->input.base_name;
    out->sender = job->sender_name;
    out->file_id = job->file_id;
    out->format = (uint8_t)job->codec->format;
    out->product = (uint8_t)job->codec->product;
    out->archive = (uint8_t)archive;
    out->window_rule = job->receipt_window == CLR_DAY_NONE ? CLR_WINDOW_DECLARED : CLR_WINDOW_RECEIPT;
    out->counter_offset = (int8_t)job->sender->counter_offset;
    out->units_yuan = job->file.units_yuan;
    out->encoding_gbk = job->file.encoding_gbk;
    out->stamp = job->stamp;
    out->window = job->window;
    out->rules_version = plan->rules->version;
    out->size = job->input.content_size;
    out->command = plan->first_admission;
    memcpy(out->keys, plan->keys, sizeof out->keys);
    out->first = out->current = job->figures;
}

enum clr_status clr_stamp_put(struct clr_tx *tx, int64_t stamp, struct clr_fault *fault)
{
    uint64_t last;
    if (stamp == CLR_TIME_NONE) return CLR_OK;
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &last, fault));
    return stamp > (int64_t)last ? clr_meta_put(tx, CLR_META_LAST_STAMP, (uint64_t)stamp, fault) : CLR_OK;
}

static struct clr_run *find_run(struct clr_store *store, uint64_t id)
{
    for (size_t i = 0; i < store->run_count; i++)
        if (store->run[i]->id == id) return store->run[i];
    return NULL;
}

/** The rows of a file's earlier batches count from now on. */
static enum clr_status ready_tails(struct clr_batch *batch, struct clr_tx *tx, struct clr_job *job, struct clr_fault *fault)
{
    for (size_t i = 0; i < job->tail_run_count; i++) {
        struct clr_run *const run = find_run(batch->store, job->tail_run[i]);
        CLR_ASSERT(run != NULL);
        run->state = CLR_RUN_READY;
        CLR_TRY(clr_run_put(tx, run, fault));
    }
    return CLR_OK;
}

enum clr_status clr_job_put(struct clr_tx *tx, const struct clr_job *job, const struct clr_plan *plan, struct clr_fault *fault)
{
    struct clr_file file;
    if (clr_figures_check(&job->figures) != CLR_OK || job->figures.records != job->records) {
        clr_fault_say(fault, CLR_UNBALANCED, "the buckets of this file do not add up to what it holds", "此文件各类合计与文件内容不符");
        clr_fault_at(fault, job->path, 0, NULL);
        return CLR_UNBALANCED;
    }
    clr_job_describe(job, plan, plan->archive, &file);
    CLR_TRY(clr_file_put(tx, &file, fault));
    CLR_TRY(clr_positions_add(tx, 'f', job->admission, &job->cells, fault));
    return clr_stamp_put(tx, job->stamp, fault);
}

static enum clr_status put_files(struct clr_batch *batch, struct clr_tx *tx, struct clr_fault *fault)
{
    for (uint32_t f = batch->first_job; f < batch->end_job; f++) {
        struct clr_job *const job = batch->job[f];
        if (!job->ended || job->state != CLR_JOB_NEW) continue;
        CLR_TRY(clr_job_put(tx, job, batch->plan, fault));
        CLR_TRY(ready_tails(batch, tx, job, fault));
    }
    return CLR_OK;
}

/* ---- events ---- */

/** Job of an admission of this command, NULL for an earlier file. */
static const struct clr_job *job_of(const struct clr_batch *batch, uint32_t admission)
{
    for (uint32_t i = 0; i < batch->plan->order_count; i++)
        if (batch->job[i]->admission == admission) return batch->job[i];
    return NULL;
}

/** Files before an admission have seen the events put so far: those that follow come from later files. */
static enum clr_status note_files(struct clr_batch *batch, struct clr_tx *tx, uint32_t *next, uint32_t before, struct clr_fault *fault)
{
    uint64_t event;
    CLR_TRY(clr_meta_get(tx, CLR_META_EVENTS, 0, &event, fault));
    for (; *next < batch->end_job && batch->job[*next]->admission < before; ++*next) {
        const struct clr_job *const job = batch->job[*next];
        if (job->ended && job->state == CLR_JOB_NEW) CLR_TRY(clr_events_note(tx, job->admission, event, fault));
    }
    return CLR_OK;
}

/** Events whose cause is in become real; those of a file that goes on wait; those of a refused file never were. */
static enum clr_status put_events(struct clr_batch *batch, struct clr_tx *tx, struct clr_fault *fault)
{
    size_t kept = 0;
    uint32_t noted = batch->first_job;
    for (size_t i = 0; i < batch->event_count; i++) {
        const struct clr_supersede *const from = &batch->event[i];
        const struct clr_job *const cause = job_of(batch, clr_record_id_admission(from->normal));
        if (cause->state == CLR_JOB_REFUSED) continue;
        if (!cause->ended) {
            batch->event[kept++] = *from;
            continue;
        }
        CLR_TRY(note_files(batch, tx, &noted, cause->admission, fault));
        struct clr_event event = { .record = from->gray, .from = from->from, .to = from->to, .link = from->normal, .stamp = cause->stamp,
                                   .window = CLR_DAY_NONE, .cause = CLR_CAUSE_SUPERSEDED };
        CLR_TRY(clr_event_put(tx, &event, (enum clr_kind)from->kind, from->amount_fen, NULL, batch->plan->first_admission, fault));
    }
    batch->event_count = kept;
    return note_files(batch, tx, &noted, UINT32_MAX, fault);
}

/* ---- the commit ---- */

static enum clr_status put_runs(struct clr_batch *batch, struct clr_tx *tx, struct clr_fault *fault)
{
    batch->run[0]->state = CLR_RUN_READY;
    CLR_TRY(clr_run_put(tx, batch->run[0], fault));
    return batch->run[1] != NULL ? clr_run_put(tx, batch->run[1], fault) : CLR_OK;
}

static enum clr_status finish_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct clr_batch *const batch = context;
    CLR_TRY(clr_parties_store(tx, &store->parties, fault));
    CLR_TRY(put_runs(batch, tx, fault));
    CLR_TRY(put_maps(batch, tx, fault));
    CLR_TRY(put_files(batch, tx, fault));
    return put_events(batch, tx, fault);
}

/** The runs are the store's now; a tail run is remembered by the file it belongs to. */
static enum clr_status hand_over_runs(struct clr_batch *batch)
{
    for (unsigned tail = 0; tail < 2; tail++) {
        struct clr_run *const run = batch->run[tail];
        if (run == NULL) continue;
        batch->run[tail] = NULL;
        CLR_TRY(clr_store_run_add(batch->store, run));
        if (tail == 0) continue;
        struct clr_job *const job = batch->job[batch->tail_job];
        uint64_t *const grown = realloc(job->tail_run, (job->tail_run_count + 1) * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        job->tail_run = grown;
        job->tail_run[job->tail_run_count++] = run->id;
    }
    return CLR_OK;
}

enum clr_status clr_batch_drop_refused(struct clr_batch *batch, struct clr_fault *fault)
{
    bool any = false;
    for (uint32_t f = batch->first_job; f < batch->end_job; f++) {
        struct clr_job *const job = batch->job[f];
        if (job->state != CLR_JOB_REFUSED) continue;
        CLR_TRY(clr_admission_wipe_file(batch->store, job->admission, fault));
        any |= job->tail_run_count > 0;
        job->tail_run_count = 0;
    }
    return any ? clr_admission_sweep_runs(batch->store, fault) : CLR_OK;
}

enum clr_status clr_batch_finish(struct clr_batch *batch, struct clr_fault *fault)
{
    CLR_TRY(gather_shares(batch));
    CLR_TRY(gather_events(batch));
    CLR_TRY(clr_store_write(batch->store, finish_step, batch, fault));
    for (uint32_t f = batch->first_job; f < batch->end_job; f++)
        if (batch->job[f]->ended && batch->job[f]->state == CLR_JOB_NEW) batch->job[f]->state = CLR_JOB_FINISHED;
    return hand_over_runs(batch);
}
