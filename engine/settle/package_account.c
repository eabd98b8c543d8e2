/* Account results. See package_account.h. */
#include "settle/package_account.h"

#include <stdlib.h>

/** A package and its records, as a result marks them. */
struct accounting {
    struct clr_package package;
    struct clr_package_record *record;      /* by number */
    size_t count;
    struct clr_package_sum listed;          /* lines that name one of its records, each once */
    bool stray;                             /* a line names none of them */
};

static void forget(struct accounting *accounting)
{
    free(accounting->record);
    clr_package_free(&accounting->package);
}

static struct clr_package_record *record_of(struct accounting *accounting, uint32_t trans_id)
{
    size_t low = 0, high = accounting->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (accounting->record[middle].trans_id < trans_id) low = middle + 1;
        else high = middle;
    }
    return low < accounting->count && accounting->record[low].trans_id == trans_id ? &accounting->record[low] : NULL;
}

/** Mark what is listed; all else is accepted. */
static enum clr_status mark(struct accounting *accounting, const struct clr_reply_set *set)
{
    for (size_t i = 0; i < accounting->count; i++) accounting->record[i].account = CLR_ACCOUNT_ACCEPTED;
    for (size_t i = 0; i < set->count; i++) {
        const struct clr_reply_part *const line = &set->part[i];
        if (line->is != CLR_PART_LINE || line->repeats) continue;
        struct clr_package_record *const record = record_of(accounting, line->trans_id);
        if (record == NULL) {
            accounting->stray = true;
            continue;
        }
        record->account = CLR_ACCOUNT_DISPUTED;
        record->code = line->result;
        CLR_TRY(clr_package_sum_add(&accounting->listed, 1, record->amount_fen));
    }
    return CLR_OK;
}

/** CLR_NOT_FOUND: no such package yet. forget() it after CLR_OK. */
static enum clr_status open(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, struct accounting *out,
                            struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_package_get(again->tx, &head->key, &out->package, fault));
    enum clr_status status = clr_package_records(again->tx, &head->key, &out->record, &out->count, fault);
    if (status == CLR_OK) status = mark(out, set);
    if (status != CLR_OK) forget(out);
    return status == CLR_NOT_FOUND ? CLR_DAMAGED : status;
}

static uint64_t compare(const struct accounting *accounting, const struct clr_reply_part *head)
{
    const struct clr_package *const package = &accounting->package;
    const uint64_t wrong = CLR_REASON_MASK(FIELD_MISMATCH);
    if (package->account != 0) return CLR_REASON_MASK(CONFLICT);
    if (accounting->stray || (head->count != UINT32_MAX && head->count != package->count)) return wrong;
    if (head->disputed != UINT32_MAX && head->disputed != accounting->listed.count) return wrong;
    if (!head->has_amount || package->unreadable > 0) return 0;
    return head->amount_fen == package->amount_fen - accounting->listed.amount_fen ? 0 : wrong;
}

enum clr_status clr_account_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, uint64_t *reasons,
                                  struct clr_fault *fault)
{
    struct accounting accounting;
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (!head->keyed || clr_reply_is_broken(set)) return CLR_OK;
    *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    const enum clr_status status = open(again, set, head, &accounting, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    *reasons = compare(&accounting, head);
    forget(&accounting);
    return CLR_OK;
}

/* ---- carried out ---- */

static enum clr_status apply(struct clr_again *again, struct accounting *accounting, struct clr_package_record *record, const struct clr_package_word *told,
                             struct clr_fault *fault)
{
    struct clr_package *const package = &accounting->package;
    const bool disputed = record->account == CLR_ACCOUNT_DISPUTED;
    const struct clr_package_word word = { disputed ? CLR_SAID_DISPUTED : CLR_SAID_ACCEPTED, record->code, told->by, told->window };
    bool moved;
    CLR_TRY(clr_package_apply(again, record->record, &word, &moved, fault));
    CLR_TRY(clr_package_record_put(again->tx, &package->key, record, fault));
    if (!disputed) return clr_package_sum_add(moved ? &package->moved : &package->withheld, 1, record->amount_fen);
    CLR_TRY(clr_package_sum_add(&package->disputed, 1, record->amount_fen));
    return clr_package_sum_add(&package->open, 1, record->amount_fen);
}

static enum clr_status carry_out(struct clr_again *again, struct accounting *accounting, const struct clr_reply_part *head, clr_record_id id,
                                 struct clr_fault *fault)
{
    struct clr_package *const package = &accounting->package;
    const struct clr_package_word word = { .by = id, .window = clr_package_window(again, head->at_s) };
    for (size_t i = 0; i < accounting->count; i++) CLR_TRY(apply(again, accounting, &accounting->record[i], &word, fault));
    /* Records without a number of their own in the package: accepted by not being listed, and never counted here. */
    CLR_TRY(clr_package_sum_add(&package->withheld, package->count - accounting->count, 0));
    package->account = id;
    package->account_at_s = head->at_s;
    package->account_window = word.window;
    return clr_package_put(again->tx, package, fault);
}

enum clr_status clr_account_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, struct clr_fault *fault)
{
    struct accounting accounting;
    CLR_TRY(open(again, set, head, &accounting, fault));
    const enum clr_status status = carry_out(again, &accounting, head, clr_record_id_of(set->admission, head->number), fault);
    forget(&accounting);
    return status;
}
