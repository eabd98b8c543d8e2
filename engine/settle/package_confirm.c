/* Clearing totals that another made: do they say what is known here? See package_account.h. */
#include "settle/package_account.h"

/** Dispute files with this id, whoever sent them, in all windows. */
static enum clr_status add_file(struct clr_again *again, uint64_t file_id, struct clr_package_sum *sum, bool *found, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    *found = false;
    CLR_TRY(clr_scan_open(again->tx, CLR_TABLE_pdis, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_dispute_file file;
        status = clr_dispute_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        if (file.key.file_id != file_id) continue;
        *found = true;
        status = clr_package_sum_add(sum, file.passed.count, file.passed.amount_fen);
        if (status == CLR_OK) status = clr_package_sum_add(sum, file.withheld.count, file.withheld.amount_fen);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status add_package(struct clr_again *again, const struct clr_reply_part *line, struct clr_package_sum *sum, bool *found, bool *sure,
                                   struct clr_fault *fault)
{
    struct clr_package package;
    enum clr_status status = clr_package_get(again->tx, &line->key, &package, fault);
    *found = false;
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    *found = package.account != 0;
    *sure &= package.unreadable == 0;
    if (*found) status = clr_package_sum_add(sum, package.count - package.disputed.count, package.amount_fen - package.disputed.amount_fen);
    clr_package_free(&package);
    return status;
}

static enum clr_status add_line(struct clr_again *again, const struct clr_reply_part *line, struct clr_package_sum *sum, bool *found, bool *sure,
                                struct clr_fault *fault)
{
    if (line->keyed) return add_package(again, line, sum, found, sure, fault);
    return add_file(again, line->file_id, sum, found, fault);
}

enum clr_status clr_totals_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, uint64_t *reasons,
                                 struct clr_fault *fault)
{
    struct clr_package_sum sum = { 0 };
    bool all = true, sure = true;
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (clr_reply_is_broken(set)) return CLR_OK;
    for (size_t i = 0; i < set->count; i++) {
        const struct clr_reply_part *const line = &set->part[i];
        bool found = false;
        if (line->is != CLR_PART_LINE || line->repeats) continue;
        CLR_TRY(add_line(again, line, &sum, &found, &sure, fault));
        all &= found;
    }
    *reasons = all ? 0 : CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    if (!all || !sure) return CLR_OK;
    /* Refunds add to the count and lower the amount; which ones the day has, totals do not say: only more than all of it is wrong. */
    if (head->has_amount && head->amount_fen > sum.amount_fen) *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (head->count != UINT32_MAX && head->count < sum.count) *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    /* Without refunds both agree to the fen. */
    if (head->has_amount && head->count == sum.count && head->amount_fen != sum.amount_fen) *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    return CLR_OK;
}

enum clr_status clr_totals_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, struct clr_fault *fault)
{
    for (size_t i = 0; i < set->count; i++) {
        struct clr_package package;
        if (set->part[i].is != CLR_PART_LINE || !set->part[i].keyed) continue;
        CLR_TRY(clr_package_get(again->tx, &set->part[i].key, &package, fault));
        package.confirmed = clr_record_id_of(set->admission, head->number);
        const enum clr_status status = clr_package_put(again->tx, &package, fault);
        clr_package_free(&package);
        CLR_TRY(status);
    }
    return CLR_OK;
}
