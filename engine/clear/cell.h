/*
 * cell.h: obligations summed: the unit of positions, deltas and undo.
 *
 * A cell is all obligations of one (product, window, issuer, acquirer, direction, kind, service, rules version, fee row).
 * Everything later (fees on totals, nets, journal) is a function of cells and rules.
 *
 *   key, 32 bytes, big-endian so that it sorts:
 *   off size meaning
 *     0    1  product
 *     1    4  window (days since 1970 + 2^31)
 *     5    4  issuer (party id)
 *     9    4  acquirer (party id)
 *    13    1  direction: 0 issuer pays acquirer, 1 acquirer pays issuer
 *    14    1  kind
 *    15    1  service
 *    16    4  rules version
 *    20    2  fee row of that version, 0xFFFF none
 *    22   10  zero
 *
 * Sums are signed so that an exact negation exists; amount_fen of a booked record is >= 0.
 * Threads   plain data.
 */
#ifndef CLR_CLEAR_CELL_H
#define CLR_CLEAR_CELL_H

#include <stddef.h>

#include "base/money.h"
#include "model/rules.h"

struct clr_cell_key {
    uint8_t product, direction, kind, service;
    clr_day window;
    clr_party issuer, acquirer;
    uint32_t rules_version;
    uint16_t fee_row;
};

struct clr_cell_sum {
    int64_t count;
    clr_fen amount_fen;
    clr_fen discount_fen;          /* price − charged, where positive */
    clr_fen fee_fen;               /* basis txn: sum of rounded fees */
    clr_fen fee_issuer_fen;        /* basis txn: sum of floored issuer shares */
    clr_fen fee_centre_fen;
    int64_t fee_count;             /* records that bear a fee */
    clr_wide fee_numerator;        /* basis total: sum of exact fees × 10^6 */
};

struct clr_cell {
    struct clr_cell_key key;
    struct clr_cell_sum sum;
};

#define CLR_CELL_KEY_SIZE 32
#define CLR_CELL_SUM_SIZE 72
void clr_cell_key_pack(const struct clr_cell_key *key, uint8_t out[CLR_CELL_KEY_SIZE]);
void clr_cell_key_unpack(const uint8_t in[CLR_CELL_KEY_SIZE], struct clr_cell_key *key);
void clr_cell_sum_pack(const struct clr_cell_sum *sum, uint8_t out[CLR_CELL_SUM_SIZE]);      /* little-endian */
void clr_cell_sum_unpack(const uint8_t in[CLR_CELL_SUM_SIZE], struct clr_cell_sum *sum);

/** *to += sign × *addend (sign +1 or −1). Unchanged unless CLR_OK. */
CLR_MUST_USE enum clr_status clr_cell_sum_add(struct clr_cell_sum *to, const struct clr_cell_sum *addend, int sign);
bool clr_cell_sum_is_zero(const struct clr_cell_sum *sum);

/** A growing set of cells, open addressing on the key. One thread. Out of memory is CLR_FULL and leaves the set as it was. */
struct clr_cells {
    struct clr_cell *slot;         /* count = capacity slots; used[] says which */
    uint8_t *used;
    size_t capacity, count;
};
void clr_cells_init(struct clr_cells *cells);
void clr_cells_free(struct clr_cells *cells);
void clr_cells_clear(struct clr_cells *cells);
CLR_MUST_USE enum clr_status clr_cells_add(struct clr_cells *cells, const struct clr_cell_key *key, const struct clr_cell_sum *addend, int sign);
/** Borrowed pointers to all cells with a non-zero sum, sorted by packed key; free() the array. NULL when out of memory. */
const struct clr_cell **clr_cells_sorted(const struct clr_cells *cells, size_t *count);

#endif
