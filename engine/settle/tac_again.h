/*
 * tac_again.h: the TAC of a stored record that nobody could verify when it came, judged under the keys of now, from its archived bytes.
 *
 * Rows keep no key version and no card number, so the record is read again (ingest/origin.h). Records of one file in ascending order cost one pass.
 *
 * Standard  clearing-rules.md 2: a pending record is examined again each night, until its deadline.
 * Threads   one; the caller's transaction.
 */
#ifndef CLR_SETTLE_TAC_AGAIN_H
#define CLR_SETTLE_TAC_AGAIN_H

#include "ingest/origin.h"

struct clr_tac_again {
    struct clr_store *store;
    struct clr_tx *tx;
    struct clr_tac_check *check;        /* NULL: the command has no keys */
    struct clr_file file;               /* of the open archive; admission 0 none */
    struct clr_origin *origin;          /* NULL: that file's archive is not there */
};

CLR_MUST_USE enum clr_status clr_tac_again_open(struct clr_tac_again *again, struct clr_store *store, struct clr_tx *tx);
void clr_tac_again_close(struct clr_tac_again *again);

/**
 * @param row     as stored.
 * @param issuer  as the latest rules have it, CLR_PARTY_NONE when unknown.
 * @param out     NO_KEY also when the bytes are no longer there; `waits` is as the issuer's keys say all the same.
 */
CLR_MUST_USE enum clr_status clr_tac_again_judge(struct clr_tac_again *again, clr_record_id id, const struct clr_txn *row, clr_party issuer,
                                                 struct clr_tac_finding *out, struct clr_fault *fault);

#endif
