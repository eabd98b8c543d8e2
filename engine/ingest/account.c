/* What a judged record counts for: figures of its file, obligations, its place in the verdict map (partition.h). */
#include <stdlib.h>

#include "ingest/partition.h"

static struct clr_file_share *share_of(struct clr_batch_worker *worker, uint32_t file)
{
    if (worker->share[file] == NULL) {
        struct clr_file_share *const share = calloc(1, sizeof *share);
        if (share == NULL) return NULL;
        clr_cells_init(&share->cells);
        share->window = CLR_DAY_NONE;
        worker->share[file] = share;
    }
    return worker->share[file];
}

static enum clr_status book(const struct clr_batch *batch, struct clr_batch_worker *worker, struct clr_file_share *share, const struct clr_txn *txn)
{
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    const struct clr_trade trade = {
        .product = txn->product, .kind = txn->kind, .service = txn->service, .flags = txn->flags,
        .issuer = txn->issuer, .acquirer = txn->acquirer,
        .issuer_index = batch->participant_of[txn->issuer], .acquirer_index = batch->participant_of[txn->acquirer],
        .amount_fen = txn->amount_fen, .price_fen = txn->price_fen, .trade_day = txn->trade_day, .window = txn->window,
    };
    CLR_TRY(clr_obligation_cached(&worker->fees, &trade, &key, &sum, &booked));
    return booked ? clr_cells_add(&share->cells, &key, &sum, 1) : CLR_OK;
}

static enum clr_status note_exception(struct clr_batch_worker *worker, const struct clr_batch *batch, const struct clr_txn *txn)
{
    if (worker->exception_count == worker->exception_capacity) {
        const size_t capacity = worker->exception_capacity * 2 + 1024;
        struct clr_batch_exception *const grown = realloc(worker->exception, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        worker->exception = grown;
        worker->exception_capacity = capacity;
    }
    worker->exception[worker->exception_count++] =
        (struct clr_batch_exception){ batch->block[txn->block].batch_index + txn->index, txn->reasons, txn->link, txn->amount_fen, txn->detail };
    return CLR_OK;
}

enum clr_status clr_partition_account(struct clr_batch *batch, struct clr_batch_worker *worker, const struct clr_txn *txn)
{
    struct clr_file_share *const share = share_of(worker, txn->file);
    if (share == NULL) return CLR_FULL;
    const enum clr_verdict verdict = clr_verdict_of(txn->reasons);
    /* A byte a record: written in hash order, so the whole array should stay in the last-level cache. */
    batch->notes[batch->block[txn->block].batch_index + txn->index] = (uint8_t)(txn->reasons >> 62);
    CLR_TRY(clr_figures_count(&share->figures, txn->reasons, txn->kind, txn->amount_fen));
    if (verdict != CLR_VERDICT_ACCEPTED) return note_exception(worker, batch, txn);
    if (share->window == CLR_DAY_NONE || txn->window < share->window) share->window = txn->window;
    if (txn->kind != CLR_KIND_PURCHASE && txn->kind != CLR_KIND_LOAD) return CLR_OK;      /* entries and locks make no obligation */
    return book(batch, worker, share, txn);
}
