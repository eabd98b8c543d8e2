/* Changes of verdict as events: what begins to count is booked, what turns out otherwise keeps its reasons. */
#include "settle/again.h"
#include "settle/original.h"
#include "settle/package.h"

clr_day clr_again_window(const struct clr_again *again, enum clr_product product, clr_day own)
{
    const clr_day w0 = again->stamp == CLR_TIME_NONE ? own : clr_rules_receipt_window(again->rules, product, again->stamp);
    return w0 == CLR_DAY_NONE ? CLR_DAY_NONE : clr_window_first_open(&again->closed[product], w0);
}

/** clr_event_put, with the figures of a file under way kept in step. */
static enum clr_status put_event(struct clr_again *again, struct clr_event *event, const struct clr_txn *txn, const struct clr_cells *cells,
                                 struct clr_fault *fault)
{
    const struct clr_own_file *const own = again->own;
    const bool ours = own != NULL && clr_record_id_admission(event->record) == own->file->admission;
    if (ours) CLR_TRY(own->sync(own->context, false, fault));
    CLR_TRY(clr_event_put(again->tx, event, (enum clr_kind)txn->kind, txn->amount_fen, cells, again->command, fault));
    /* The file asked for last may be the one whose figures moved. */
    if (again->file.admission == clr_record_id_admission(event->record)) {
        clr_file_free(&again->file);
        again->file.admission = 0;
    }
    return ours ? own->sync(own->context, true, fault) : CLR_OK;
}

static enum clr_status change(struct clr_again *again, struct clr_subject *subject, struct clr_event *event, const struct clr_cells *cells,
                              struct clr_outcome *out, struct clr_fault *fault)
{
    event->record = subject->id;
    event->from = subject->standing.reasons;
    event->stamp = again->stamp;
    CLR_TRY(put_event(again, event, &subject->txn, cells, fault));
    subject->standing.reasons = event->to;
    subject->standing.link = event->link;
    subject->standing.event = event->number;
    subject->standing.cause = event->cause;
    if (out != NULL) *out = (struct clr_outcome){ event->number, event->from, event->to, event->window };
    return CLR_OK;
}

enum clr_status clr_again_turn(struct clr_again *again, struct clr_subject *subject, uint64_t reasons, clr_record_id link, unsigned cause,
                               const char *text, struct clr_outcome *out, struct clr_fault *fault)
{
    /* A code found wrong is no longer one that nobody verified. */
    const uint64_t gone = reasons & CLR_REASON_MASK(TAC_MISMATCH) ? CLR_NOTE_MASK_TAC_UNVERIFIED : 0;
    struct clr_event event = { .to = (reasons & CLR_REASONS_ALL) | (subject->standing.reasons & CLR_NOTES_ALL & ~gone),
                               .link = link,
                               .window = CLR_DAY_NONE,
                               .cause = (uint8_t)cause,
                               .text = (char *)(uintptr_t)text };
    return change(again, subject, &event, NULL, out, fault);
}

/* ---- accepting ---- */

static enum clr_status book_trade(const struct clr_again *again, const struct clr_subject *subject, clr_day window, struct clr_cells *cells)
{
    const struct clr_booking booking = clr_again_booking(again, subject, window);
    return clr_book(&booking, cells);
}

static enum clr_status book(struct clr_again *again, const struct clr_subject *subject, const struct clr_original *original, clr_day window,
                            struct clr_cells *cells, struct clr_fault *fault)
{
    if (subject->is_move && clr_kind_is_about_original(subject->txn.kind))
        return clr_original_book(again, &subject->move, original, window, cells, fault);
    if (subject->txn.kind == CLR_KIND_DECIDE || subject->txn.kind == CLR_KIND_REPLY) return CLR_OK;
    CLR_ASSERT(clr_subject_has_parties(subject));
    return book_trade(again, subject, window, cells);
}

/** Pending gray records of the tap that now counts by its normal record. */
static enum clr_status supersede_grays(struct clr_again *again, const struct clr_subject *subject, struct clr_fault *fault)
{
    if (subject->is_move || subject->txn.flags & (CLR_FLAG_GRAY | CLR_FLAG_OPEN)) return CLR_OK;
    CLR_TRY(clr_again_card_rows(again, subject, subject->txn.trade_day - 1, subject->txn.trade_day + 1, fault));
    for (size_t i = 0; i < again->past.count; i++) {
        const struct clr_past *const past = &again->past.item[i];
        struct clr_subject gray = { .id = past->id, .txn = past->txn, .standing = { .reasons = past->reasons } };
        if (clr_verdict_of(past->reasons) != CLR_VERDICT_PENDING || !clr_again_twins(again, &subject->txn, past, &again->past)) continue;
        CLR_TRY(
            clr_again_turn(again, &gray, past->reasons | CLR_REASON_MASK(SUPERSEDED), subject->id, CLR_CAUSE_SUPERSEDED, "", NULL, fault));
        again->past.item[i].reasons = gray.standing.reasons;
        again->superseded++;
    }
    return CLR_OK;
}

enum clr_status clr_again_accept(struct clr_again *again, struct clr_subject *subject, const struct clr_original *original, clr_day window,
                                 unsigned cause, const char *text, struct clr_outcome *out, struct clr_fault *fault)
{
    struct clr_event event = {
        .to = subject->standing.reasons & CLR_NOTES_ALL, .window = window, .cause = (uint8_t)cause, .text = (char *)(uintptr_t)text
    };
    struct clr_cells cells;

    const uint64_t unverified = CLR_REASON_MASK(TAC_UNVERIFIED) | CLR_NOTE_MASK_TAC_UNVERIFIED;
    if (subject->tac_right) event.to &= ~CLR_NOTE_MASK_TAC_UNVERIFIED;
    else if ((subject->txn.reasons | subject->standing.first) & unverified) event.to |= CLR_NOTE_MASK_TAC_UNVERIFIED;
    clr_cells_init(&cells);
    enum clr_status status = book(again, subject, original, window, &cells, fault);
    if (status == CLR_OK) status = change(again, subject, &event, &cells, out, fault);
    clr_cells_free(&cells);
    CLR_TRY(status);
    CLR_TRY(clr_package_counts(again, subject, &event, fault));
    return supersede_grays(again, subject, fault);
}
