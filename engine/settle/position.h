/*
 * position.h: cells in, positions, matrix and transfers out. The arithmetic of a window, with no store in it.
 *
 * Reads     cells of any number of windows and products, the rules versions they name.
 * Writes    matrix: payer × payee × kind sums, fees as kind `fee`; positions per participant, region or member; bilateral and
 *           multilateral nets; transfers of the net amounts through the centre's books.
 * Promise   per (product, window): Σ net = 0, Σ receivable = Σ payable, Σ fee = 0 (clr_ledger_check, else CLR_UNBALANCED).
 * Fees      basis total: per (row, acquirer, issuer, window) round_half_away(Σ numerator / 10^6), clamped to [min,max] only when positive,
 *           shares floored; basis txn: as summed. Payer acquirer: → issuer its share, → centre its share, the rest moves nothing.
 *           Payer issuer: → centre its share, → acquirer the rest, its own share moves nothing. Payer a third party: pays all three.
 * Rows      a matrix row with neither count nor amount is left out, and so is a fee row that moves 0 fen. A window's centre always has a
 *           position. Payer = payee (on-us) stays in matrix, receivable and payable; fees of a participant to itself move nothing.
 * Names     a party of a cell is named by its rules version; its code is looked up in `current` on the window's date (else any date). A code that
 *           `current` no longer has keeps its old name and settles by itself. Region level: the region's row, else the region's text; a
 *           participant without a region stands for itself. The centre of a fee is the version's, else the current one; with neither its share moves nothing.
 * Sorted    matrix by (product, window, payer, payee, kind) and positions by (product, window, participant), by code.
 * Threads   pure.
 */
#ifndef CLR_SETTLE_POSITION_H
#define CLR_SETTLE_POSITION_H

#include "clear/cell.h"

enum clr_level { CLR_LEVEL_MEMBER, CLR_LEVEL_PARTICIPANT, CLR_LEVEL_REGION };
enum clr_window_state { CLR_WINDOW_OPEN, CLR_WINDOW_CLOSED, CLR_WINDOW_NETTED, CLR_WINDOW_INSTRUCTED, CLR_WINDOW_SETTLED, CLR_WINDOW_STATE_COUNT };
const char *clr_window_state_name(enum clr_window_state state);   /* "open" "closed" "netted" "instructed" "settled" */

/** Who a row is about; texts are borrowed from the rules (or from the region row). */
struct clr_name {
    const char *code, *zh, *en;
    int role;                        /* enum clr_role */
};

struct clr_position {
    uint8_t product;
    clr_day window;
    struct clr_name who;
    clr_fen receivable_fen, payable_fen, fee_fen, net_fen;   /* net = receivable − payable + fee; + receives */
    int64_t count;                   /* obligations it takes part in (no fees); negative only where an undo took more back than came in */
};

struct clr_matrix_row {
    uint8_t product;
    clr_day window;
    struct clr_name payer, payee;
    uint8_t kind;
    int64_t count;                   /* obligations; of a fee row: records that bear the fee; signed like the amount */
    clr_fen amount_fen;              /* signed: an undo or a returned fee can outweigh what the window took in */
};

/** A payment of a member's net position: a net payer pays the centre, the centre pays a net receiver; the centre's own net stays with it. */
struct clr_transfer {
    char id[48];                     /* "transit-20180901-0003": stable */
    uint8_t product;
    clr_day window;
    struct clr_name payer, payee;
    const char *account, *bank;      /* of the member (the side that is not the centre) */
    clr_fen amount_fen;              /* > 0 */
    clr_day settlement_day;
};

struct clr_ledger {
    struct clr_position *position;  size_t position_count;
    struct clr_matrix_row *matrix;  size_t matrix_count;
};

/** Rules version by number; the resolver owns what it returns. NULL if unknown. */
typedef const struct clr_rules *clr_rules_lookup(void *context, uint32_t version);

/**
 * @param cells    borrowed, any order, `count` of them.
 * @param current  rules by which members and regions are found (by business date of the window).
 * @param[out] out free with clr_ledger_free().
 * @return CLR_OK | CLR_FULL | CLR_OVERFLOW | CLR_UNBALANCED | CLR_DAMAGED (a cell names a rules version, fee row or party that is not there)
 */
CLR_MUST_USE enum clr_status clr_ledger_build(const struct clr_cell *const *cells, size_t count, clr_rules_lookup *lookup, void *context,
                                              const struct clr_rules *current, enum clr_level level, struct clr_ledger *out);
void clr_ledger_free(struct clr_ledger *ledger);

/** Zero sums per (product, window), exactly. */
CLR_MUST_USE enum clr_status clr_ledger_check(const struct clr_ledger *ledger, struct clr_fault *fault);

/** Bilateral nets: at most one row per unordered pair, payer = who owes the difference; kind CLR_KIND_COUNT. Sorted like the matrix; free() `*out`. */
CLR_MUST_USE enum clr_status clr_bilateral_build(const struct clr_ledger *ledger, struct clr_matrix_row **out, size_t *count);

/**
 * Transfers of a member-level ledger; free() `*out`. On-us amounts (payer's member = payee's member) never appear.
 * Netting by current->product[p].netting: "full" (and NULL): one net a member; "gross-by-kind": each kind's net apart;
 * "fee-gross": all but fees as one net, fees paid and fees received each in full.
 * Sorted by (product, window, payer, payee, part); ids count from 1 in that order within a product's window.
 *
 * @return CLR_OK | CLR_FULL | CLR_OVERFLOW | CLR_USAGE (money to move and no centre on that day; unknown netting)
 */
CLR_MUST_USE enum clr_status clr_transfers_build(const struct clr_ledger *members, const struct clr_rules *current,
                                                 struct clr_transfer **out, size_t *count, struct clr_fault *fault);

/*
 * The journal of a window: numbered, balanced entries, never edited. Entry = lines that sum to zero, debit positive.
 * One entry a matrix row (participant level): debit the payer's obligations account, credit the payee's; then one entry a transfer:
 * debit the paying side's settlement account, credit the receiving one. A row of 0 fen makes no entry. Lines stand by (product, window, entry).
 */
#define CLR_ACCOUNT_NAME_SIZE 80          /* the book's name and a code of up to 64 bytes */
struct clr_journal_line {
    uint64_t entry;                  /* 1.. within the window */
    uint8_t product;
    clr_day window;
    char account[CLR_ACCOUNT_NAME_SIZE];   /* "obligation:<participant>" or "settlement:<member>" */
    uint8_t kind;                    /* CLR_KIND_* of the matrix row, CLR_KIND_COUNT for a transfer */
    clr_fen debit_fen;               /* negative = credit */
};
/** free() `*out`. @return CLR_OK | CLR_FULL | CLR_OVERFLOW | CLR_USAGE (a code too long for an account's name) */
CLR_MUST_USE enum clr_status clr_journal_build(const struct clr_ledger *participants, const struct clr_transfer *transfers, size_t transfer_count,
                                               struct clr_journal_line **out, size_t *count);

/**
 * Every entry sums to zero, entries of a window are numbered 1, 2, 3 … and for each participant and window
 * Σ debits of "obligation:<participant>" = −net, with no account beside the positions. @return CLR_OK | CLR_UNBALANCED | CLR_FULL
 */
CLR_MUST_USE enum clr_status clr_journal_check(const struct clr_journal_line *line, size_t count, const struct clr_ledger *participants,
                                               struct clr_fault *fault);

#endif
