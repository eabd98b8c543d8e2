#include "settle/decide.h"

#include <stdio.h>
#include <stdlib.h>

#include "settle/original.h"
#include "settle/reply.h"

#define DEPTH_MAX 8                          /* a decision that decides a decision, and so on */

/** Was it decided so before? */
static bool decided_so(const struct clr_standing *standing, bool accept)
{
    if (standing->event == 0 || (standing->cause != CLR_CAUSE_RESOLVED && standing->cause != CLR_CAUSE_DECIDED)) return false;
    return accept == (clr_verdict_of(standing->reasons) == CLR_VERDICT_ACCEPTED);
}

static bool waits(const struct clr_standing *standing)
{
    const enum clr_verdict verdict = clr_verdict_of(standing->reasons);
    return verdict == CLR_VERDICT_PENDING || verdict == CLR_VERDICT_CONFLICT;
}

static enum clr_decidable from_reasons(uint64_t reasons)
{
    if (reasons == 0) return CLR_DECIDABLE;
    return reasons & CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL) ? CLR_ORIGINAL_MISSING : CLR_ORIGINAL_REFUSES;
}

/** Could the record count as it is? Reads what that needs: parties, original, the record a decision is about. */
static enum clr_status can_count(struct clr_again *again, struct clr_subject *subject, unsigned depth, struct clr_original *original,
                                 clr_record_id *about, enum clr_decidable *out, struct clr_fault *fault)
{
    uint64_t reasons = 0;
    if (subject->is_move && clr_kind_is_about_original(subject->txn.kind)) {
        CLR_TRY(clr_original_read(again, &subject->move, original, fault));
        *out = from_reasons(clr_original_judge(again, &subject->move, original));
        return CLR_OK;
    }
    if (subject->is_move && subject->txn.kind == CLR_KIND_DECIDE) {
        CLR_TRY(clr_decide_judge(again, &subject->move, depth + 1, about, &reasons, fault));
        *out = from_reasons(reasons);
        return CLR_OK;
    }
    if (subject->is_move && clr_move_is_reply(&subject->move)) {
        CLR_TRY(clr_reply_judge(again, &subject->move, &reasons, fault));
        *out = from_reasons(reasons);
        return CLR_OK;
    }
    clr_again_parties(again, subject);
    const struct clr_booking booking = clr_again_booking(again, subject, subject->txn.window);
    *out = clr_subject_has_parties(subject) && clr_book_refusal(&booking) == 0 ? CLR_DECIDABLE : CLR_PARTY_MISSING;
    return CLR_OK;
}

/** The record and whether it can be decided; the subject is freed by the caller on CLR_OK. */
static enum clr_status examine(struct clr_again *again, const struct clr_decision *decision, struct clr_subject *subject,
                               struct clr_original *original, clr_record_id *about, enum clr_decidable *out, struct clr_fault *fault)
{
    struct clr_standing standing;
    memset(subject, 0, sizeof *subject);
    CLR_TRY(clr_again_standing(again, decision->record, &standing, fault));
    *out = decided_so(&standing, decision->accept) ? CLR_DECIDED_ALREADY : CLR_NOT_WAITING;
    if (*out == CLR_NOT_WAITING && waits(&standing)) *out = CLR_DECIDABLE;
    if (*out != CLR_DECIDABLE) {
        subject->standing = standing;
        return CLR_OK;
    }
    CLR_TRY(clr_subject_read(again, decision->record, subject, fault));
    if (!decision->accept) return CLR_OK;
    const enum clr_status status = can_count(again, subject, decision->depth, original, about, out, fault);
    if (status != CLR_OK) clr_subject_free(subject);
    return status;
}

enum clr_status clr_decision_check(struct clr_again *again, const struct clr_decision *decision, enum clr_decidable *out,
                                   struct clr_fault *fault)
{
    struct clr_subject subject;
    struct clr_original original;
    clr_record_id about;
    CLR_TRY(examine(again, decision, &subject, &original, &about, out, fault));
    clr_subject_free(&subject);
    return CLR_OK;
}

static enum clr_status make(struct clr_again *again, const struct clr_decision *decision, struct clr_subject *subject,
                            const struct clr_original *original, clr_record_id about, struct clr_outcome *out, struct clr_fault *fault)
{
    const uint64_t conflicts = CLR_REASON_MASK(CONFLICT) | CLR_REASON_MASK(COUNTER_CONFLICT);
    if (!decision->accept) {
        /* A conflict that is rejected is one no more: its class stands before the decision's. */
        return clr_again_turn(again, subject, (subject->standing.reasons & ~conflicts) | CLR_REASON_MASK(DECIDED), subject->standing.link,
                              decision->cause, decision->text, out, fault);
    }
    const clr_day window = clr_again_window(again, (enum clr_product)subject->txn.product, subject->txn.window);
    CLR_TRY(clr_again_accept(again, subject, original, window, decision->cause, decision->text, out, fault));
    if (subject->is_move && clr_move_is_reply(&subject->move)) return clr_reply_carry_out(again, &subject->move, fault);
    if (!subject->is_move || subject->txn.kind != CLR_KIND_DECIDE) return CLR_OK;
    return clr_decide_carry_out(again, &subject->move, about, decision->depth + 1, fault);
}

enum clr_status clr_decision_make(struct clr_again *again, const struct clr_decision *decision, enum clr_decidable *state,
                                  struct clr_outcome *out, struct clr_fault *fault)
{
    struct clr_subject subject;
    struct clr_original original;
    clr_record_id about = 0;
    memset(out, 0, sizeof *out);
    CLR_TRY(examine(again, decision, &subject, &original, &about, state, fault));
    *out = (struct clr_outcome){ subject.standing.event, subject.standing.first, subject.standing.reasons, CLR_DAY_NONE };
    const enum clr_status status = *state == CLR_DECIDABLE ? make(again, decision, &subject, &original, about, out, fault) : CLR_OK;
    clr_subject_free(&subject);
    return status;
}

/* ---- decide moves ---- */

static struct clr_decision decision_of(const struct clr_move *move, clr_record_id about, unsigned depth, const char *text)
{
    return (struct clr_decision){ about, strcmp(move->reason, "accept") == 0, CLR_CAUSE_DECIDED, text, depth };
}

enum clr_status clr_decide_judge(struct clr_again *again, const struct clr_move *move, unsigned depth, clr_record_id *about,
                                 uint64_t *reasons, struct clr_fault *fault)
{
    struct clr_standing standing;
    enum clr_decidable state = CLR_NOT_WAITING;
    CLR_TRY(clr_original_find(again, move, about, &standing, fault));
    *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    if (*about == 0) return CLR_OK;
    if (depth < DEPTH_MAX) {
        const struct clr_decision decision = decision_of(move, *about, depth, "");
        CLR_TRY(clr_decision_check(again, &decision, &state, fault));
    }
    *reasons = state == CLR_DECIDABLE || state == CLR_DECIDED_ALREADY ? 0 : CLR_REASON_MASK(FIELD_MISMATCH);
    return CLR_OK;
}

enum clr_status clr_decide_carry_out(struct clr_again *again, const struct clr_move *move, clr_record_id about, unsigned depth,
                                     struct clr_fault *fault)
{
    char id[CLR_RECORD_ID_TEXT_SIZE], *text;
    enum clr_decidable state;
    struct clr_outcome outcome;
    if (asprintf(&text, "%s%s%s", clr_record_id_text(move->record, id), move->note[0] != '\0' ? ": " : "", move->note) < 0) return CLR_FULL;
    const struct clr_decision decision = decision_of(move, about, depth, text);
    const enum clr_status status = clr_decision_make(again, &decision, &state, &outcome, fault);
    free(text);
    return status;
}
