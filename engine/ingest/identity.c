/* What makes two records the same: lookup key, identity, content (clearing-rules.md 3). */
#include "ingest/dedup.h"

bool clr_same_key(const struct clr_txn *a, const struct clr_txn *b)
{
    if ((a->flags ^ b->flags) & CLR_FLAG_OPEN) return false;
    if (!clr_token_equal(&a->card, &b->card)) return false;
    if (a->flags & CLR_FLAG_OPEN) return a->traded_at_s == b->traded_at_s && a->sam == b->sam && a->type == b->type;
    return a->counter == b->counter && a->trade_day == b->trade_day;
}

bool clr_same_identity(const struct clr_txn *a, const struct clr_txn *b)
{
    if (!clr_same_key(a, b)) return false;
    return (a->flags & CLR_FLAG_OPEN) || (a->sam == b->sam && a->sam_serial == b->sam_serial);
}

/** Lacking a value ("-", blanks, empty) is a value of its own. */
static bool same_optional(const struct clr_txn *a, const struct clr_txn *b, uint16_t has, uint64_t value_a, uint64_t value_b)
{
    if ((a->flags ^ b->flags) & has) return false;
    return !(a->flags & has) || value_a == value_b;
}

/** Unknown codes of two formats cannot be compared; within one format they are exact. */
static bool same_party(bool one_format, clr_party a, clr_party b)
{
    if (a == b) return true;
    return !one_format && (!clr_party_is_known(a) || !clr_party_is_known(b));
}

/** Flags that are content, where both formats have them. */
static uint16_t common_flags(const struct clr_txn *a, const struct clr_txn *b)
{
    const uint16_t both = a->flags & b->flags;
    uint16_t flags = 0;
    if (both & CLR_FLAG_HAS_GRAY) flags |= CLR_FLAG_GRAY;
    if (both & CLR_FLAG_HAS_PURSE) flags |= CLR_FLAG_BONUS | CLR_FLAG_LOCK | CLR_FLAG_TRANSFER;
    if (both & CLR_FLAG_HAS_MONTHLY) flags |= CLR_FLAG_MONTHLY;
    if (both & CLR_FLAG_OPEN) flags |= CLR_FLAG_TRANSFER;
    return flags;
}

bool clr_same_content(const struct clr_txn *a, uint8_t format_a, const struct clr_txn *b, uint8_t format_b)
{
    const bool one_format = format_a == format_b;
    if (a->amount_fen != b->amount_fen || a->traded_at_s != b->traded_at_s) return false;
    if (a->type != b->type || a->service != b->service) return false;
    if (!same_optional(a, b, CLR_FLAG_HAS_PRICE, (uint64_t)a->price_fen, (uint64_t)b->price_fen)) return false;
    if (!same_optional(a, b, CLR_FLAG_HAS_BALANCE, a->balance_fen, b->balance_fen)) return false;
    if (!same_optional(a, b, CLR_FLAG_HAS_TAC, a->tac, b->tac)) return false;
    if ((a->flags ^ b->flags) & common_flags(a, b)) return false;
    return same_party(one_format, a->issuer, b->issuer) && same_party(one_format, a->acquirer, b->acquirer);
}
