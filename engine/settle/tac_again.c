#include "settle/tac_again.h"

#include <stdlib.h>

enum clr_status clr_tac_again_open(struct clr_tac_again *again, struct clr_store *store, struct clr_tx *tx)
{
    *again = (struct clr_tac_again){ .store = store, .tx = tx };
    return clr_tac_check_create(store->keys, &store->parties, &again->check);
}

static void close_file(struct clr_tac_again *again)
{
    if (again->origin != NULL) clr_origin_close(again->origin);
    free(again->origin);
    again->origin = NULL;
    clr_file_free(&again->file);
    again->file.admission = 0;
}

void clr_tac_again_close(struct clr_tac_again *again)
{
    close_file(again);
    clr_tac_check_destroy(again->check);
    again->check = NULL;
}

static enum clr_status open_file(struct clr_tac_again *again, uint32_t admission, struct clr_fault *fault)
{
    if (again->file.admission == admission) return CLR_OK;
    close_file(again);
    CLR_TRY(clr_file_get(again->tx, admission, &again->file, fault));
    again->origin = calloc(1, sizeof *again->origin);
    if (again->origin == NULL) return CLR_FULL;
    const enum clr_status status = clr_origin_open(again->store, again->tx, again->store->codecs, &again->file, again->origin, fault);
    if (status == CLR_OK) return CLR_OK;
    clr_origin_close(again->origin);
    free(again->origin);
    again->origin = NULL;
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_tac_again_judge(struct clr_tac_again *again, clr_record_id id, const struct clr_txn *row, clr_party issuer,
                                    struct clr_tac_finding *out, struct clr_fault *fault)
{
    struct clr_origin_record record;

    *out = (struct clr_tac_finding){ .outcome = CLR_TAC_NOT_ASKED };
    if (!clr_tac_check_asks(row)) return CLR_OK;
    /* What the issuer's keys say holds for a record whose bytes are gone, too: else a store without an archive would pay what should wait. */
    *out = (struct clr_tac_finding){ .outcome = CLR_TAC_NO_KEY, .waits = clr_tac_check_waits(again->check, issuer) };
    if (!clr_tac_check_knows(again->check, issuer)) return CLR_OK;
    CLR_TRY(open_file(again, clr_record_id_admission(id), fault));
    if (again->origin == NULL) return CLR_OK;
    CLR_TRY(clr_origin_read(again->origin, clr_record_id_number(id), &record, fault));
    struct clr_txn txn = *record.txn;
    txn.issuer = issuer;
    return clr_tac_check_one(again->check, record.raw, &txn, out);
}
