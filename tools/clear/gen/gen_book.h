/*
 * gen_book.h: what the drawn records must come to: figures a file, obligations and fees, positions and matrix.
 *
 * Everything is counted with a sign, so that a record whose fate is decided later (a repeat in another file, whose order is known
 * only when all files are written) can be taken back and counted again.
 *
 * Fees      exact numerators in 128 bits: rate·base + fixed·10^6. Basis txn: rounded half up a record, within [min,max]; basis total:
 *           summed a (row, acquirer, issuer, window) and rounded once. Shares are floors. clearing-rules.md 5.
 * Threads   one.
 */
#ifndef CLEAR_GEN_BOOK_H
#define CLEAR_GEN_BOOK_H

#include "gen_rules.h"

struct gen_tally {
    int64_t count, amount_fen;
};

struct gen_figures {
    struct gen_tally verdict[CLR_VERDICT_COUNT];
    struct gen_tally kind[CLR_KIND_COUNT];
    struct gen_tally reason[CLR_REASON_COUNT];
    struct gen_tally note[CLR_NOTE_COUNT];
};

#define GEN_ACCEPTED (-1)

/** Count one record. `reason`: its primary reason, GEN_ACCEPTED if it has none. `unverified`: it carries a TAC that nobody checked. */
void gen_figures_count(struct gen_figures *figures, int reason, enum clr_kind kind, int64_t amount_fen, bool unverified, int sign);
void gen_figures_add(struct gen_figures *to, const struct gen_figures *from);

/** A trade as clearing sees it. */
struct gen_deal {
    int issuer, acquirer;                     /* rows of the rules' parties */
    uint8_t service;
    enum clr_kind kind;                       /* purchase or load */
    int64_t amount_fen, discount_fen;
    clr_day trade_day, window;
};

/* Sums of one (window, issuer, acquirer, direction, kind, fee row). */
struct gen_cell {
    clr_day window;
    uint16_t issuer, acquirer, fee_row;
    uint8_t kind;
    uint8_t acquirer_pays;
    bool used;
    int64_t count, amount_fen;
    int64_t fee_count, fee_fen, fee_issuer_fen, fee_centre_fen;
    __int128 numerator;
};

struct gen_book {
    const struct gen_rules *rules;
    struct gen_cell *cell;
    size_t cell_count, cell_size;             /* size is a power of two */
    uint16_t *fee_cache;                      /* row + 1 of (day parity, kind, service, issuer, acquirer); 0 = not looked up yet */
    clr_day cache_day[2];
    bool failed;                              /* out of memory: asked once, at the end */
};

CLR_MUST_USE enum clr_status gen_book_make(const struct gen_rules *rules, clr_day date, struct gen_book *out, struct clr_fault *fault);
void gen_book_free(struct gen_book *book);

/** Book an accepted purchase or load; `sign` −1 takes it back. */
void gen_book_deal(struct gen_book *book, const struct gen_deal *deal, int sign);

/** Book a refund or reversal of `refund_fen` of a deal of which `refunded_fen` went back before. */
void gen_book_refund(struct gen_book *book, const struct gen_deal *deal, enum clr_kind kind, int64_t refunded_fen, int64_t refund_fen, clr_day window);

/** Book an adjustment: `adjust_fen` (signed) is added to what the deal's payer owes. */
void gen_book_adjust(struct gen_book *book, const struct gen_deal *deal, int64_t adjust_fen, clr_day window);

/* ---- the outcome ---- */

struct gen_row {                              /* of the matrix, by member */
    clr_day window;
    const char *payer, *payee;
    uint8_t kind;
    int64_t count, amount_fen;
};

struct gen_position {
    clr_day window;
    const char *code;
    int64_t receivable_fen, payable_fen, fee_fen, net_fen, count;
};

struct gen_ledger {
    struct gen_row *row;            size_t row_count;
    struct gen_position *position;  size_t position_count;
};

/** Close the fees, net by member. Free with gen_ledger_free(). @return CLR_OK | CLR_FULL | CLR_INTERNAL (the nets do not sum to zero) */
CLR_MUST_USE enum clr_status gen_ledger_make(const struct gen_book *book, struct gen_ledger *out, struct clr_fault *fault);
void gen_ledger_free(struct gen_ledger *ledger);

/** numerator / 10^6, half away from zero. */
int64_t gen_round_ppm(__int128 numerator);

/** Fee in fen of a numerator under a row of basis total or one record of basis txn, clamped as the row says. */
int64_t gen_fee_close(const struct gen_fee *fee, __int128 numerator);

/** floor(fen · ppm / 10^6), mirrored below zero. */
int64_t gen_share(int64_t fen, int64_t ppm);

#endif
