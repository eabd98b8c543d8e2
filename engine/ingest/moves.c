#include "ingest/moves.h"

#include <stdlib.h>

#include "base/stop.h"
#include "ingest/batch.h"
#include "ingest/finish.h"
#include "ingest/moves_judge.h"
#include "settle/original.h"
#include "settle/reply_set.h"

#define RAW_COUNT 256

/* ---- reading ---- */

typedef enum clr_status visit_record(struct clr_moves *moves, const struct clr_raw *raw, struct clr_fault *fault);

/** The file's blocks, decoded one after the other. */
struct walk {
    struct clr_codec_file *file;
    visit_record *visit;
    bool offsets;                        /* remember where blocks begin */
    uint8_t *buffer;
    struct clr_raw *raw;
};

static enum clr_status put_offset(struct clr_moves *moves, uint64_t offset, struct clr_fault *fault)
{
    uint8_t key[12];
    clr_put_be32(key, moves->job->admission);
    clr_put_be64(key + 4, moves->job->records + 1);
    return clr_tx_put(&moves->tx, CLR_TABLE_soff, key, sizeof key, &offset, 8, fault);
}

static enum clr_status walk_block(struct clr_moves *moves, const struct walk *walk, const struct clr_block *block, struct clr_fault *fault)
{
    const struct clr_bytes bytes = clr_bytes_of(block->data, block->size);
    if (walk->offsets && block->size > 0) CLR_TRY(put_offset(moves, block->offset, fault));
    for (size_t at = 0; at < block->size;) {
        size_t count = 0;
        walk->file->codec->decode(walk->file, bytes, &at, walk->raw, RAW_COUNT, &count);
        for (size_t i = 0; i < count; i++) CLR_TRY(walk->visit(moves, &walk->raw[i], fault));
    }
    return CLR_OK;
}

static enum clr_status walk_blocks(struct clr_moves *moves, const struct walk *walk, struct clr_blocks *blocks,
                                   enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_block block = { .last = false };
    while (!block.last) {
        if (clr_stop_requested()) return CLR_STOPPED;
        CLR_TRY(clr_blocks_next(blocks, walk->buffer, &block, reason, fault));
        CLR_TRY(walk_block(moves, walk, &block, fault));
    }
    return CLR_OK;
}

/** A message that is being walked. */
struct message {
    struct clr_moves *moves;
    visit_record *visit;
    size_t size;
};

static enum clr_status visit_in_message(void *context, const struct clr_raw *raw, struct clr_fault *fault)
{
    const struct message *const message = context;
    CLR_ASSERT((size_t)raw->offset + raw->size <= message->size);
    if (clr_stop_requested()) return CLR_STOPPED;
    return message->visit(message->moves, raw, fault);
}

/** Read `size` bytes, all there are. */
static enum clr_status read_message(const struct clr_input *input, uint8_t *data, size_t size, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_stream *stream;
    size_t got = 0;
    CLR_TRY(clr_stream_open(input, &stream, reason, fault));
    enum clr_status status = clr_stream_read(stream, data, size, &got, reason, fault);
    clr_stream_close(stream);
    if (status != CLR_OK || got == size) return status;
    *reason = CLR_FILE_REASON_CHANGED;
    return clr_fault_say(fault, CLR_REFUSED, "the file became shorter while it was read", "读取时文件变短");
}

/** A file that is one message: all of it in memory, one offset. Too large ones were refused before (ingest/recognise.h). */
static enum clr_status walk_message(struct clr_moves *moves, struct clr_codec_file *file, visit_record *visit, bool offsets,
                                    enum clr_file_reason *reason, struct clr_fault *fault)
{
    const size_t size = (size_t)moves->job->input.content_size;
    const unsigned kept = file->finding_count;
    struct message message = { moves, visit, size };
    uint8_t *const data = malloc(size + 1);
    if (data == NULL) return CLR_FULL;
    enum clr_status status = read_message(&moves->job->input, data, size, reason, fault);
    if (status == CLR_OK && offsets) status = put_offset(moves, file->data_offset, fault);
    if (status == CLR_OK) {
        status = file->codec->walk(file, clr_bytes_of(data, size), visit_in_message, &message, fault);
        if (status == CLR_REFUSED && file->finding_count > kept) *reason = file->findings[kept].reason;
    }
    explicit_bzero(data, size);
    free(data);
    return status;
}

/** Visit every record. CLR_REFUSED (with `*reason`) when the file cannot be read to its end. */
static enum clr_status walk_file(struct clr_moves *moves, struct clr_codec_file *file, visit_record *visit, bool offsets,
                                 enum clr_file_reason *reason, struct clr_fault *fault)
{
    if (file->codec->walk != NULL) return walk_message(moves, file, visit, offsets, reason, fault);
    struct walk walk = {
        .file = file, .visit = visit, .offsets = offsets, .buffer = malloc(CLR_BLOCK_SIZE), .raw = malloc(RAW_COUNT * sizeof *walk.raw)
    };
    struct clr_blocks *blocks = NULL;
    enum clr_status status = walk.buffer != NULL && walk.raw != NULL ? CLR_OK : CLR_FULL;
    if (status == CLR_OK) status = clr_blocks_open(&moves->job->input, file, CLR_BLOCK_SIZE, &blocks, reason, fault);
    if (status == CLR_OK) status = walk_blocks(moves, &walk, blocks, reason, fault);
    clr_blocks_close(blocks);
    if (walk.buffer != NULL) explicit_bzero(walk.buffer, CLR_BLOCK_SIZE);
    if (walk.raw != NULL) explicit_bzero(walk.raw, RAW_COUNT * sizeof *walk.raw);
    free(walk.buffer);
    free(walk.raw);
    return status;
}

/* ---- originals ---- */

/** First pass: which rows will be asked for? References to records of this very file are found when their turn comes. A reply is judged as a whole. */
static enum clr_status want_original(struct clr_moves *moves, const struct clr_raw *raw, struct clr_fault *fault)
{
    char text[1024];
    CLR_TRY(clr_reply_collect(&moves->again, moves->job->admission, ++moves->read_ahead, raw));
    if (raw->kind == CLR_KIND_REPLY) return CLR_OK;
    if (raw->orig_id.size == 0 || raw->orig_id.size >= sizeof text || raw->reasons & CLR_REASON_MASK(MALFORMED)) return CLR_OK;
    memcpy(text, raw->orig_id.data, raw->orig_id.size);
    text[raw->orig_id.size] = '\0';
    if (clr_reference_is_identity(text)) return CLR_OK;         /* a move: no row */
    const struct clr_move move = { .orig_id = text };
    return clr_original_want(&moves->again, &move, fault);
}

static enum clr_status read_originals(struct clr_moves *moves, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_codec_file file = moves->job->file;              /* a pass leaves its mark in the codec's state */
    CLR_TRY(walk_file(moves, &file, want_original, false, reason, fault));
    return clr_again_read_ahead(&moves->again, fault);
}

/* ---- the commit ---- */

/** Figures of this file in the table and in the job, around an event of one of its own records. */
static enum clr_status sync_figures(void *context, bool after, struct clr_fault *fault)
{
    struct clr_moves *const moves = context;
    struct clr_file file;
    if (!after) {
        clr_job_describe(moves->job, moves->plan, moves->plan->archive, &file);
        return clr_file_put(&moves->tx, &file, fault);
    }
    CLR_TRY(clr_file_get(&moves->tx, moves->job->admission, &file, fault));
    moves->job->figures = file.first;
    clr_file_free(&file);
    return CLR_OK;
}

static bool is_plain(const struct clr_exception *record)
{
    return clr_verdict_of(record->reasons) == CLR_VERDICT_ACCEPTED && record->link == 0;
}

static enum clr_status put_chunk(struct clr_moves *moves, uint64_t *reasons, struct clr_exception *listed, struct clr_fault *fault)
{
    uint8_t key[12], *value;
    size_t size, exceptions = 0;
    for (size_t i = 0; i < moves->own.count; i++) {
        reasons[i] = moves->record[i].reasons;
        if (!is_plain(&moves->record[i])) listed[exceptions++] = moves->record[i];
    }
    CLR_TRY(clr_vmap_pack(moves->own.first, reasons, moves->own.count, listed, exceptions, &value, &size));
    clr_put_be32(key, moves->job->admission);
    clr_put_be64(key + 4, moves->own.first);
    const enum clr_status status = clr_tx_put(&moves->tx, CLR_TABLE_vmap, key, sizeof key, value, size, fault);
    free(value);
    return status;
}

enum clr_status clr_moves_flush(struct clr_moves *moves, struct clr_fault *fault)
{
    if (moves->own.count == 0) return CLR_OK;
    uint64_t *const reasons = malloc(moves->own.count * sizeof *reasons);
    struct clr_exception *const listed = malloc(moves->own.count * sizeof *listed);
    const enum clr_status status = reasons != NULL && listed != NULL ? put_chunk(moves, reasons, listed, fault) : CLR_FULL;
    free(reasons);
    free(listed);
    moves->own.first += moves->own.count;
    moves->own.count = 0;
    return status;
}

static enum clr_status put_file(struct clr_moves *moves, struct clr_fault *fault)
{
    uint64_t events;
    CLR_TRY(clr_parties_store(&moves->tx, &moves->store->parties, fault));
    CLR_TRY(clr_moves_flush(moves, fault));
    CLR_TRY(clr_job_put(&moves->tx, moves->job, moves->plan, fault));
    CLR_TRY(clr_meta_get(&moves->tx, CLR_META_EVENTS, 0, &events, fault));
    return clr_events_note(&moves->tx, moves->job->admission, events, fault);
}

/* ---- one file ---- */

static enum clr_status take(struct clr_moves *moves, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_job *const job = moves->job;
    clr_job_describe(job, moves->plan, moves->plan->archive, &moves->file);
    moves->record = malloc(CLR_VMAP_CHUNK * sizeof *moves->record);
    if (moves->record == NULL) return CLR_FULL;
    moves->own = (struct clr_own_file){ .file = &moves->file, .record = moves->record, .first = 1, .sync = sync_figures, .context = moves };
    CLR_TRY(clr_again_open(&moves->again, moves->store, &moves->tx, job->stamp, moves->plan->first_admission, fault));
    CLR_ASSERT(moves->again.rules == moves->plan->rules);       /* a command admits under the latest rules */
    moves->again.own = &moves->own;
    if (!clr_format_is_by_sender(job->codec->format)) CLR_TRY(clr_tac_check_create(moves->store->keys, &moves->store->parties, &moves->tac));
    CLR_TRY(read_originals(moves, reason, fault));
    CLR_TRY(walk_file(moves, &job->file, clr_moves_judge, true, reason, fault));
    job->ended = true;
    if (job->codec->close != NULL) job->codec->close(&job->file, job->records);
    clr_job_judge_findings(job);
    return job->state == CLR_JOB_REFUSED ? CLR_OK : put_file(moves, fault);
}

/** What was only in this transaction never was: codes met for the first time must be stored by whoever meets them next. */
static void forget(struct clr_moves *moves, uint32_t texts_stored)
{
    clr_tx_abort(&moves->tx);
    moves->store->parties.text_stored = texts_stored;
}

enum clr_status clr_moves_take(struct clr_store *store, struct clr_plan *plan, struct clr_job *job, struct clr_fault *fault)
{
    struct clr_moves moves = { .store = store, .plan = plan, .job = job };
    enum clr_file_reason reason = CLR_FILE_REASON_FRAMING;
    const uint32_t texts_stored = store->parties.text_stored;
    struct clr_fault mine = { 0 };

    CLR_TRY(clr_tx_begin(&store->env, true, &moves.tx, fault));
    enum clr_status status = take(&moves, &reason, &mine);
    clr_again_close(&moves.again);
    clr_tac_check_destroy(moves.tac);
    if (status == CLR_OK && job->state != CLR_JOB_REFUSED) {
        status = clr_tx_commit(&moves.tx, &mine);
        if (status == CLR_OK) job->state = CLR_JOB_FINISHED;
    }
    if (job->state != CLR_JOB_FINISHED) forget(&moves, texts_stored);
    if (status == CLR_REFUSED) {
        clr_job_refuse(job, reason, &mine);
        status = CLR_OK;
    }
    if (status != CLR_OK && fault != NULL) *fault = mine;
    free(moves.record);
    return status;
}
