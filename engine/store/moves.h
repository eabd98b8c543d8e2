/*
 * moves.h: the moves of the store, who holds a move's identity, and what was given back of an original.
 *
 *   table move    record64 → move: every move that has an identity and is no duplicate (those are in the verdict map only)
 *     off size meaning (little-endian)
 *       0   16 card token                  60   4 acquirer
 *      16    8 amount_fen (absolute)       64   4 window
 *      24    8 price_fen                   68   1 product, kind, service, negative (1 byte each)
 *      32    8 reasons when admitted       72   2 flags
 *      40    8 traded_at_s, INT64_MIN none 74   2 detail
 *      48    8 link                        76   8 original: the record it was found to refer to when admitted, 0 none
 *      56    4 issuer                      84   … texts: id, orig_id, issuer, acquirer, reason, note (size u32, bytes)
 *
 *   table mvid    token of (sender, id) 16 ‖ record64 → empty: the moves of an identity in canonical order, rejected ones too
 *   table mvref   original record64 → refunded fen i64, refunds and reversals u32, reversed u8
 *
 * Standard  clearing-rules.md 2 (identity), 3 (moves), 5 (refunds).
 * Threads   one writer.
 */
#ifndef CLR_STORE_MOVES_H
#define CLR_STORE_MOVES_H

#include "model/txn.h"
#include "store/env.h"

struct clr_store;
struct evp_md_ctx_st;

struct clr_move {
    clr_record_id record;
    struct clr_txn txn;                  /* file = admission; traded_at_s and trade_day are NONE where it gives no time */
    bool negative;                       /* an adjustment that lowers what the payer owes */
    clr_record_id original;
    char *id, *orig_id, *issuer_code, *acquirer_code, *reason, *note;      /* owned when unpacked */
};

CLR_MUST_USE enum clr_status clr_move_put(struct clr_tx *tx, const struct clr_move *move, struct clr_fault *fault);
/** @return CLR_OK (then clr_move_free() it) | CLR_NOT_FOUND | CLR_DAMAGED | CLR_FULL */
CLR_MUST_USE enum clr_status clr_move_get(struct clr_tx *tx, clr_record_id record, struct clr_move *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_move_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_move *out);
void clr_move_free(struct clr_move *move);

/** Same economic fields, as they were written? Reason and note count only where they are the decision. */
bool clr_move_same_content(const struct clr_move *a, const struct clr_move *b);

/** Token of a move's identity under the store key. Senders' names hold no NUL. */
void clr_move_identity(const uint8_t key[CLR_STORE_KEY_SIZE], const char *sender, const char *id, uint8_t token[16]);
CLR_MUST_USE enum clr_status clr_move_identity_put(struct clr_tx *tx, const uint8_t token[16], clr_record_id record,
                                                   struct clr_fault *fault);
/** The first `max` records under a token in canonical order, malloc'ed. They are nominations: compare sender and id. */
CLR_MUST_USE enum clr_status clr_move_identity_list(struct clr_tx *tx, const uint8_t token[16], size_t max, clr_record_id **out,
                                                    size_t *count, struct clr_fault *fault);

struct clr_refunded {
    clr_fen refunded_fen;
    uint32_t count;                      /* refunds and reversals that count */
    bool reversed;
};
/** What was given back of an original; all zero when nothing was. */
CLR_MUST_USE enum clr_status clr_refunded_get(struct clr_tx *tx, clr_record_id original, struct clr_refunded *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_refunded_put(struct clr_tx *tx, clr_record_id original, const struct clr_refunded *refunded,
                                              struct clr_fault *fault);

/** Feed every move, in canonical order, into a running SHA-256: what clr_digest says of them. Nothing of it depends on the store's key. */
CLR_MUST_USE enum clr_status clr_moves_digest(const struct clr_store *store, struct clr_tx *tx, struct evp_md_ctx_st *context,
                                              struct clr_fault *fault);

#endif
