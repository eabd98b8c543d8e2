/*
 * package_totals.h: clearing totals of a target day, and the identities that must hold before anything of it is published.
 *
 *     clearing amount = accounted + disputes passed + late − refunds
 *     clearing count  = accounted + disputes passed + late + refunds
 *
 * Each of the first three is known three times, kept by different hands: by window and package from every event (table pday); by what each reply
 * made count (tables pack, pdis); and by the records one by one, from the cells that their events booked (table delta). All must agree, in count and
 * to the fen, else the settlement stops with CLR_UNBALANCED.
 *
 * Costs     a few look-ups for every record of the packages that have something in the window.
 * Standard  etc.md 4, clearing-rules.md 5.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_PACKAGE_TOTALS_H
#define CLR_SETTLE_PACKAGE_TOTALS_H

#include "store/packages.h"

/**
 * Totals of a day out of the tables, with the identities checked. clr_package_totals_free() them on CLR_OK.
 * @return CLR_OK | CLR_NOT_FOUND (nothing of a package moved that day) | CLR_UNBALANCED | CLR_DAMAGED | CLR_OVERFLOW | CLR_FULL
 */
CLR_MUST_USE enum clr_status clr_package_totals_make(struct clr_tx *tx, clr_day target, struct clr_package_totals *out, struct clr_fault *fault);

/**
 * The windows of product toll up to this day are closing: make the totals of each day in which something of a package moved and that has none yet, put
 * them, and note them with their packages. Such a day need not have a window of its own: disputes that all became bad debt move no money.
 */
CLR_MUST_USE enum clr_status clr_package_totals_close(struct clr_tx *tx, clr_day through, uint64_t settlement, int64_t stamp, struct clr_fault *fault);

#endif
