/* What a judged record counts for: figures of its file, obligations, its place in the verdict map (partition.h). */
#include <stdlib.h>

#include "ingest/partition.h"

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
    const struct clr_block_info *const block = &batch->block[txn->block];
    const uint8_t notes = (uint8_t)(txn->reasons >> 62);
    if (notes != block->note) batch->notes[block->batch_index + txn->index] = notes;
    if ((txn->reasons & CLR_REASONS_ALL) == 0) return clr_tabs_add(worker->tabs, txn);
    struct clr_file_share *const share = clr_share_of(worker->share, txn->file);
    if (share == NULL) return CLR_FULL;
    CLR_TRY(clr_figures_count(&share->figures, txn->reasons, txn->kind, txn->amount_fen));
    return note_exception(worker, batch, txn);
}
