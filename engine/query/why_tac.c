/* why_tac.c: how a record's TAC was judged, and, where the command has the keys, the same once more in detail. See explain.h. */
#include <stdio.h>

#include "ingest/tac_check.h"
#include "query/explain.h"

static const char *hex_of(const uint8_t *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) snprintf(text + 2 * i, 3, "%02X", bytes[i]);
    return text;
}

/** The keys that the file was admitted under, by the first bytes of their digest. */
static const char *keys_then(const struct clr_account *account, char text[17])
{
    return hex_of(account->file.keys, 8, text);
}

/** As it was judged when it was admitted. */
static enum clr_status say_verdict(struct clr_account *account)
{
    const uint32_t tac = account->txn.tac;
    char keys[17];

    if (clr_account_has(account, CLR_REASON_MASK(TAC_ABSENT)))
        return clr_why_say(account, "tac-absent", false, "the format has a TAC and the record gives none", "该格式含TAC，而记录未给出");
    if (clr_account_has(account, CLR_REASON_MASK(TAC_MISMATCH)))
        return clr_why_say(account, "tac-mismatch", false, "TAC %08X is not what the issuer's key gives (keys %s)", "TAC %08X 与发卡方密钥算得的不符（密钥组 %s）",
                           tac, keys_then(account, keys));
    if (clr_account_has(account, CLR_REASON_MASK(TAC_UNVERIFIED)))
        return clr_why_say(account, "tac-unverified", false, "TAC %08X; no key to verify it, and the sender's profile or the issuer's keys say wait",
                           "TAC %08X；无密钥可校验，发送方设置或发卡方密钥要求等待", tac);
    if (!(account->txn.flags & CLR_FLAG_HAS_TAC))
        return clr_why_say(account, "tac", true, "no TAC is asked of this record", "此记录不要求TAC");
    if (clr_account_has(account, CLR_NOTE_MASK_TAC_UNVERIFIED))
        return clr_why_say(account, "tac", true, "TAC %08X taken without verifying: no key (remark tac-unverified)",
                           "TAC %08X 未经校验予以接受：无密钥（附注 tac-unverified）", tac);
    return clr_why_say(account, "tac", true, "TAC %08X is what the issuer's key gives (keys %s)", "TAC %08X 与发卡方密钥算得的一致（密钥组 %s）", tac,
                       keys_then(account, keys));
}

static enum clr_status say_key(struct clr_account *account, const struct clr_tac_finding *finding)
{
    const struct clr_key *const key = finding->key;
    const bool right = finding->outcome == CLR_TAC_RIGHT;
    uint8_t kcv[CLR_KEY_KCV_SIZE];
    char check[2 * CLR_KEY_KCV_SIZE + 1], data[2 * CLR_TAC_DATA_MAX + 1] = "-";

    CLR_TRY(clr_key_kcv(key, kcv));
    hex_of(finding->data, finding->size, data);
    return clr_why_say(account, "tac-key", right, "key of %s, version %u, index %u, %s, check value %s, levels %u; data %s: %s%.0s",
                       "密钥：%s，版本 %u，索引 %u，%s，校验值 %s，分散 %u 级；数据 %s：%.0s%s", key->issuer, key->version, key->index,
                       clr_key_algorithm_name(key->algorithm), hex_of(kcv, sizeof kcv, check), key->levels, data, right ? "match" : "no match",
                       right ? "一致" : "不符");
}

/** Under the keys that this command was given; what the TAC should have been is never said. */
static enum clr_status say_finding(struct clr_account *account, const struct clr_tac_finding *finding)
{
    const struct clr_raw *const raw = account->source.raw;

    switch (finding->outcome) {
    case CLR_TAC_NOT_ASKED:
        return clr_why_say(account, "tac-key", true, "the TAC of a gray, lock or unreadable record is not verified", "灰记录、锁卡记录或不可读记录的TAC不校验");
    case CLR_TAC_NO_KEY:
        return clr_why_say(account, "tac-key", !finding->waits, "no key of this issuer, version %u, index %u that this record can be verified with",
                           "没有此发卡方、版本 %u、索引 %u 的密钥可用于校验此记录", raw->key_version, raw->key_index);
    default: return say_key(account, finding);
    }
}

enum clr_status clr_why_tac(struct clr_account *account)
{
    struct clr_tac_check *check;
    struct clr_tac_finding finding;

    CLR_TRY(say_verdict(account));
    if (!account->has_source || !(account->txn.flags & CLR_FLAG_HAS_TAC)) return CLR_OK;
    CLR_TRY(clr_tac_check_create(account->store->keys, &account->store->parties, &check));
    if (check == NULL) return CLR_OK;
    enum clr_status status = clr_tac_check_one(check, account->source.raw, &account->txn, &finding);
    if (status == CLR_OK) status = say_finding(account, &finding);
    clr_tac_check_destroy(check);
    return status;
}
