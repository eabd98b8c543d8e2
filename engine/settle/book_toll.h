/*
 * book_toll.h: a toll exit as a move: what it books, and what gives it back. The part of book.h for records with several payees.
 *
 * Split     purchases of the product toll that carry toll units (format sdexit). A package record pays its service provider whole, as any trade.
 * Suspense  is not asked for when a record is judged, and always allowed when one is booked: what counts without a split that is complete counts
 *           by a deadline or a decision. So booking, refunds, verify and why come to the same shares from the record and the rules alone.
 * Standard  clearing-rules.md 5 (toll), adr/0015.
 * Threads   pure.
 */
#ifndef CLR_SETTLE_BOOK_TOLL_H
#define CLR_SETTLE_BOOK_TOLL_H

#include "clear/toll.h"
#include "settle/book.h"

/** Has it several payees? */
static inline bool clr_move_is_split(const struct clr_move *move)
{
    return move != NULL && move->format == CLR_FORMAT_SDEXIT && move->txn.product == CLR_PRODUCT_TOLL && move->txn.kind == CLR_KIND_PURCHASE;
}

/** Its shares under a rules version; texts of `out` are the move's. */
void clr_move_split(const struct clr_rules *rules, const struct clr_move *move, bool suspense, struct clr_toll_shares *out);

/** Participant that pays: the owner of the exit station where it was paid there, else `issuer_index`. −1 unknown. */
int clr_move_payer(const struct clr_rules *rules, const struct clr_move *move, int issuer_index);

/** clr_book_reasons() of a split move. @param suspense  is it to count all the same, by a deadline or a decision? */
uint64_t clr_book_toll_reasons(const struct clr_booking *booking, bool suspense);

/** clr_book() of a split move. */
CLR_MUST_USE enum clr_status clr_book_toll(const struct clr_booking *booking, struct clr_cells *cells);

/** clr_book_back() of a split original. @param original  as stored */
CLR_MUST_USE enum clr_status clr_book_toll_back(const struct clr_giving_back *back, const struct clr_move *original, struct clr_cells *cells);

#endif
