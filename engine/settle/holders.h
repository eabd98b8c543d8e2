/*
 * holders.h: who stands under a move's identity, when many do: for a moves file under way, record after record.
 *
 * Every look-up would otherwise go through all moves of the identity, and a sender who repeats one id with other contents would make a
 * file's time grow with its square. Here the moves of such an identity are read once for a command and kept in canonical order, in a list
 * by identity and in one by content (those of other formats than the file's, whose number the file does not raise, in one of their own). A move that no longer counts or waits never does again (rejected and duplicate are final), so both
 * lists lose their dead at the front for good, and each look-up is a few steps. Verdicts are not kept: the first of a list is always asked
 * how it stands now, so events of the same command are seen.
 *
 * Use       only where the identity has more than CLR_HOLDERS_PLAIN moves: a file without floods costs nothing.
 * Memory    about 100 bytes for each move of such an identity.
 * Standard  clearing-rules.md 2, 3 (moves).
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_HOLDERS_H
#define CLR_SETTLE_HOLDERS_H

#include "settle/again.h"

#define CLR_HOLDERS_PLAIN 16

struct clr_holders;
void clr_holders_free(struct clr_holders *holders);

/** The first move in canonical order that counts or waits and says the same as `move`; none: the first that says something else. 0: none. */
CLR_MUST_USE enum clr_status clr_holders_find(struct clr_again *again, const uint8_t token[16], const struct clr_move *move,
                                              clr_record_id *same, clr_record_id *other, struct clr_fault *fault);

/** Was a move of the identity rejected? Asked for after clr_holders_find(); CLR_NOT_FOUND when that was not asked (few moves). */
CLR_MUST_USE enum clr_status clr_holders_rejected(struct clr_again *again, const struct clr_move *move, bool *out, struct clr_fault *fault);

/** The move is stored now, behind all others. Nothing to do for an identity that was not asked for. */
CLR_MUST_USE enum clr_status clr_holders_add(struct clr_again *again, const struct clr_move *move);

#endif
