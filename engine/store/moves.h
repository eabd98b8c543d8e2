/*
 * moves.h: the moves of the store, who holds a move's identity, and what was given back of an original. A move is a record of a format
 * that stands alone (model/terms.h clr_format_is_alone), taken one by one: of the moves CSV, a toll exit, a package record, lock dues.
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
 *     here a move of the moves CSV ends; one of another format goes on:
 *       0    1 format                      24   4 tac
 *       1    1 type as read                28   4 balance_fen before
 *       2    1 event                       32   4 trans_id: number in its package, 0 none
 *       3    1 reply (enum clr_reply)      36   4 stated_count, of a reply; UINT32_MAX none
 *       4    8 sam: terminal               40   4 stated_disputed, the same
 *      12    8 sam_serial: its counter     44   2 result, of a reply's line
 *      20    4 counter of the card         46   8 message_id of the package, 0 none
 *                                          54   8 entered_at_s, INT64_MIN none
 *                                          62   … texts: CLR_MOVE_MORE_TEXTS in their order
 *
 *   issuer, acquirer   as written: the codes of the moves CSV; else the city of the card and the unit (codec->issuer_field, unit_field). The
 *                      party references are by the rules: 0 where the format asks for no such party (ingest/moves_judge.h).
 *
 *   table mvid    token of the identity 16 ‖ record64 → empty: the moves of an identity in canonical order, rejected ones too
 *                 identity: (sender, id) of the moves CSV; (product, id) of every other format, so that two senders and two formats
 *                 that write the same id mean the same thing
 *   table mvref   original record64 → refunded fen i64, refunds and reversals u32, reversed u8; shares that are left of a toll: store/remaining.h
 *
 *   orig_id       what a refund, reversal, adjustment or decision refers to: "r7-123" or sender/file/number (store/reference.h), or "=" and
 *                 the id of a move of the same product, of a format whose ids are the product's (settle/original.h)
 *
 * Standard  clearing-rules.md 2 (identity, content), 3 (moves, toll, vessel), 5 (refunds).
 * Threads   one writer.
 */
#ifndef CLR_STORE_MOVES_H
#define CLR_STORE_MOVES_H

#include "model/txn.h"
#include "store/env.h"

struct clr_store;
struct evp_md_ctx_st;

/** Texts of every move, and those of formats other than the moves CSV; in the order in which they are stored. */
#define CLR_MOVE_TEXTS(X) X(id) X(orig_id) X(issuer_code) X(acquirer_code) X(reason) X(note)
#define CLR_MOVE_MORE_TEXTS(X) X(pass_id) X(trade_id) X(units) X(charges) X(dues) X(provinces) X(province_parts) X(station) X(provider)

struct clr_move {
    clr_record_id record;
    struct clr_txn txn;                  /* file = admission; traded_at_s and trade_day are NONE where it gives no time */
    bool negative;                       /* an adjustment that lowers what the payer owes */
    uint8_t format;                      /* enum clr_format */
    clr_record_id original;
#define X(name) const char *name;
    CLR_MOVE_TEXTS(X)
    /* formats other than the moves CSV; "" and 0 in that. Lists as written, '|' between their items (codec.h struct clr_raw_toll). */
    CLR_MOVE_MORE_TEXTS(X)
#undef X
    uint64_t message_id;
    uint32_t trans_id, stated_count, stated_disputed;
    uint16_t result;
    uint8_t event, reply;
    int64_t entered_at_s;
    char *text;                          /* owner of all texts; NULL: they are borrowed */
};

/** Give the move texts of its own: `out->text`, one allocation. Texts that are NULL become "". @return CLR_OK | CLR_FULL (texts as they were) */
CLR_MUST_USE enum clr_status clr_move_own_texts(struct clr_move *move);

CLR_MUST_USE enum clr_status clr_move_put(struct clr_tx *tx, const struct clr_move *move, struct clr_fault *fault);
/** @return CLR_OK (then clr_move_free() it) | CLR_NOT_FOUND | CLR_DAMAGED | CLR_FULL */
CLR_MUST_USE enum clr_status clr_move_get(struct clr_tx *tx, clr_record_id record, struct clr_move *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_move_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_move *out);
void clr_move_free(struct clr_move *move);

/** Is this a move of the format moves: parties by code, identity by sender? Any other has more fields, and an identity within its product. */
static inline bool clr_move_is_plain(const struct clr_move *move) { return clr_format_is_by_sender(move->format) || !clr_format_is_alone(move->format); }

/**
 * Same economic fields? Within one format as they were written, parties and lists too; reason and note count only where they are the
 * decision. Between two formats what both have: product, kind, amount, time, card, TAC, balance, time of entry.
 */
bool clr_move_same_content(const struct clr_move *a, const struct clr_move *b);

/** Same identity, of two moves under one token? Tokens only nominate. */
bool clr_move_same_identity(const struct clr_move *a, const struct clr_move *b);

/** Token of a move's identity under the store key. `sender` of its file; names hold no NUL. */
void clr_move_identity(const uint8_t key[CLR_STORE_KEY_SIZE], const char *sender, const struct clr_move *move, uint8_t token[16]);
/** The same of an id within a product. */
void clr_move_identity_in(const uint8_t key[CLR_STORE_KEY_SIZE], enum clr_product product, const char *id, uint8_t token[16]);
CLR_MUST_USE enum clr_status clr_move_identity_put(struct clr_tx *tx, const uint8_t token[16], clr_record_id record,
                                                   struct clr_fault *fault);
/** The first `max` records under a token in canonical order, malloc'ed. They are nominations: compare them (clr_move_same_identity). */
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
