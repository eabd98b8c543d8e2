/*
 * transit.h: what the records of card terminals have in common: industries, transaction types, balances.
 *
 * Threads   pure.
 * Source    format notes, transit 1.1 (industry codes), 3 (transaction types, constants that stand for "no TAC").
 */
#ifndef CLR_CODECS_TRANSIT_H
#define CLR_CODECS_TRANSIT_H

#include "fields.h"

#define CLR_TYPE_PURSE 6                    /* offline purchase from the electronic purse */
#define CLR_TYPE_COMPOUND 9                 /* compound consumption (entry and exit, transfers) */

/** Two digits → enum clr_service. */
extern const struct clr_code clr_industry_codes[];

/** "0" and "1". */
extern const struct clr_code clr_flag_codes[];

/**
 * The finish that the families share. Field numbers say where the format keeps each value; balance 0 = it keeps none.
 *
 * Sets kind, times, balance and HAS_BALANCE; the reasons unknown-type, tac-absent (not for lock and gray records), sign; and
 * malformed for a missing amount or type, which only a lock record may leave out.
 */
struct clr_transit_numbers {
    uint8_t amount, type, tac, balance;
};
void clr_transit_finish(const struct clr_transit_numbers *numbers, struct clr_raw *raw, const struct clr_extra *extra);

#endif
