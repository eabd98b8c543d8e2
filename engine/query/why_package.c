/* why_package.c: a record of a package on its way through account and dispute results; a reply and what it is about. See explain.h. */
#include "query/explain.h"
#include "settle/package.h"
#include "settle/reply.h"

static enum clr_status say_package(struct clr_account *account, const struct clr_package *package, uint32_t number)
{
    char day[CLR_DAY_TEXT_SIZE];
    return clr_why_say(account, "package", true, "record %u of package %s/%llu, which has %u; clearing date %s", "交易包 %2$s/%3$llu 的第 %1$u 笔，共 %4$u 笔；清分日 %5$s",
                       number, package->key.provider, (unsigned long long)package->key.message_id, package->count, clr_day_text(package->target, day));
}

static enum clr_status say_waiting(struct clr_account *account, const struct clr_package *package, const char *rule, const char *en, const char *zh)
{
    char day[CLR_DAY_TEXT_SIZE];
    return clr_why_say(account, rule, false, "%s%.0s; due by %s", "%.0s%s；应于 %s 之前收到", en, zh, clr_day_text(clr_package_due(account->rules, package->target), day));
}

static enum clr_status say_account(struct clr_account *account, const struct clr_package *package, const struct clr_package_record *record, struct clr_fault *fault)
{
    char en[CLR_WHY_WHICH_SIZE], zh[CLR_WHY_WHICH_SIZE], at[CLR_TIME_TEXT_SIZE];
    if (record->account == CLR_ACCOUNT_NONE) return say_waiting(account, package, "account-result", "the package has no account result yet", "该包尚无记账结果");
    CLR_TRY(clr_why_which(account, package->account, en, zh, fault));
    clr_time_text(package->account_at_s, at);
    if (record->account == CLR_ACCOUNT_ACCEPTED)
        return clr_why_say(account, "account-result", true, "accepted by %s%.0s of %s", "%.0s%s（%s）确认", en, zh, at);
    return clr_why_say(account, "account-result", false, "disputed by %s%.0s of %s: %u %s%.0s", "%.0s%s（%s）提出争议：%u %.0s%s", en, zh, at, record->code,
                       clr_dispute_reason_en(record->code), clr_dispute_reason_zh(record->code));
}

static enum clr_status say_dispute(struct clr_account *account, const struct clr_package *package, const struct clr_package_record *record)
{
    if (record->account != CLR_ACCOUNT_DISPUTED) return CLR_OK;
    if (record->dispute == CLR_DISPUTE_OPEN) return say_waiting(account, package, "dispute-result", "the dispute is open", "争议尚未处理");
    const bool passed = record->dispute == CLR_DISPUTE_PASSED;
    return clr_why_say(account, "dispute-result", passed, "%s%.0s", "%.0s%s", passed ? "paid in full" : "a bad debt", passed ? "正常付款" : "坏账");
}

static enum clr_status say_record(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_package_key key;
    struct clr_package_record record;
    struct clr_package package;
    if (!clr_package_key_of(clr_bytes_text(move->provider), move->message_id, &key)) return CLR_OK;
    enum clr_status status = clr_package_get(account->tx, &key, &package, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    status = clr_package_record_get(account->tx, &key, move->trans_id, &record, fault);
    /* The number may be another record's. */
    if (status == CLR_OK && record.record == account->verdict.id) {
        status = say_package(account, &package, move->trans_id);
        if (status == CLR_OK) status = say_account(account, &package, &record, fault);
        if (status == CLR_OK) status = say_dispute(account, &package, &record);
    }
    clr_package_free(&package);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** What a reply is about, and whether that is here. */
static enum clr_status say_reply(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_package_key key;
    struct clr_package package;
    if (!clr_package_key_of(clr_bytes_text(move->provider), move->message_id, &key)) return CLR_OK;
    const enum clr_status status = clr_package_get(account->tx, &key, &package, fault);
    if (status == CLR_NOT_FOUND)
        return clr_why_say(account, "package", false, "package %s/%llu is not here", "交易包 %s/%llu 尚未收到", key.provider, (unsigned long long)key.message_id);
    CLR_TRY(status);
    const char *const here = package.account != 0 ? "accounted" : "without an account result";
    const char *const here_zh = package.account != 0 ? "已记账" : "尚无记账结果";
    const enum clr_status said = clr_why_say(account, "package", true, "package %s/%llu: %u records, %s%.0s, %llu disputes open", "交易包 %s/%llu：%u 笔，%.0s%s，未决争议 %llu 笔",
                                             key.provider, (unsigned long long)key.message_id, package.count, here, here_zh, (unsigned long long)package.open.count);
    clr_package_free(&package);
    return said;
}

enum clr_status clr_why_package(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault)
{
    if (clr_move_is_reply(move)) return say_reply(account, move, fault);
    return clr_move_is_packaged(move) ? say_record(account, move, fault) : CLR_OK;
}
