/*
 * Replies, record by record. What a message says is checked and carried out at its own record (an account result, clearing totals) or at those of
 * the packages it lists (a dispute result); a line behind it says nothing more than that, and stands or falls with the record it belongs to.
 */
#include "settle/reply.h"

#include "settle/package_account.h"

/** How the record that this one belongs to stands: 0 it counts; else what that makes of this one. */
static enum clr_status ask_owner(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *owner, uint64_t *reasons,
                                 struct clr_fault *fault)
{
    struct clr_standing standing;
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (owner == NULL || owner->bad) return CLR_OK;
    const enum clr_status status = clr_again_standing(again, clr_record_id_of(set->admission, owner->number), &standing, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    const enum clr_verdict verdict = clr_verdict_of(standing.reasons);
    if (verdict == CLR_VERDICT_ACCEPTED) *reasons = 0;
    else if (verdict == CLR_VERDICT_PENDING) *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    return CLR_OK;
}

/** The list that a line stands in; the message itself where there are no lists. */
static const struct clr_reply_part *owner_of(const struct clr_reply_set *set, const struct clr_reply_part *part)
{
    if (part->reply != CLR_REPLY_DISPUTE || part->is != CLR_PART_LINE) return clr_reply_head(set);
    for (const struct clr_reply_part *at = part; at-- > set->part;)
        if (at->is == CLR_PART_LIST) return at;
    return NULL;
}

/** A line names a record of the package that it speaks of. In clearing totals it names a package or a file, which its message has looked for. */
static enum clr_status line_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *line, uint64_t *reasons,
                                  struct clr_fault *fault)
{
    struct clr_package_record record;
    CLR_TRY(ask_owner(again, set, owner_of(set, line), reasons, fault));
    if (*reasons != 0 || line->reply == CLR_REPLY_TOTALS) return CLR_OK;
    const enum clr_status status = line->keyed ? clr_package_record_get(again->tx, &line->key, line->trans_id, &record, fault) : CLR_NOT_FOUND;
    if (status == CLR_NOT_FOUND) *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status list_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list, uint64_t *reasons,
                                  struct clr_fault *fault)
{
    CLR_TRY(ask_owner(again, set, clr_reply_head(set), reasons, fault));
    return *reasons == 0 ? clr_dispute_list_judge(again, set, list, reasons, fault) : CLR_OK;
}

static enum clr_status head_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, uint64_t *reasons,
                                  struct clr_fault *fault)
{
    *reasons = 0;
    switch (head->reply) {
    case CLR_REPLY_ACCOUNT: return clr_account_judge(again, set, head, reasons, fault);
    case CLR_REPLY_DISPUTE: return clr_dispute_judge(again, set, head, reasons, fault);
    case CLR_REPLY_TOTALS: return clr_totals_judge(again, set, head, reasons, fault);
    case CLR_REPLY_CONFIRMATION: return CLR_OK;             /* a receipt: kept as evidence, it changes nothing */
    default: *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL); return CLR_OK;
    }
}

enum clr_status clr_reply_judge(struct clr_again *again, const struct clr_move *move, uint64_t *reasons, struct clr_fault *fault)
{
    const struct clr_reply_set *set;
    CLR_ASSERT(clr_move_is_reply(move));
    CLR_TRY(clr_reply_set_get(again, clr_record_id_admission(move->record), &set, fault));
    const struct clr_reply_part *const part = clr_reply_part_of(set, clr_record_id_number(move->record));
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (part == NULL || part->bad || set->part[0].reply != part->reply) return CLR_OK;
    if (part->is == CLR_PART_LIST) return list_judge(again, set, part, reasons, fault);
    return part->is == CLR_PART_LINE ? line_judge(again, set, part, reasons, fault) : head_judge(again, set, part, reasons, fault);
}

enum clr_status clr_reply_carry_out(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault)
{
    const struct clr_reply_set *set;
    CLR_TRY(clr_reply_set_get(again, clr_record_id_admission(move->record), &set, fault));
    const struct clr_reply_part *const part = clr_reply_part_of(set, clr_record_id_number(move->record));
    CLR_ASSERT(part != NULL);
    if (part->is == CLR_PART_LIST) return clr_dispute_list_carry_out(again, set, part, fault);
    if (part->is == CLR_PART_HEAD && part->reply == CLR_REPLY_ACCOUNT) return clr_account_carry_out(again, set, part, fault);
    if (part->is == CLR_PART_HEAD && part->reply == CLR_REPLY_TOTALS) return clr_totals_carry_out(again, set, part, fault);
    return CLR_OK;
}
