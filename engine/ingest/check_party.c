/* Issuer and acquirer of a record; what was found is remembered (check.h). */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/check.h"

static int issuer_of(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
{
    int by_card = -1, by_city = -1;
    if (source->card.size > 0 && clr_rules_has_cards(rules, source->product, source->format))
        by_card = clr_rules_card_issuer(rules, source->product, source->format, source->card, source->day);
    if (source->city_card.size > 0)
        by_city = clr_rules_alias(rules, CLR_ROLE_ISSUER, source->product, source->format, "city", source->city_card, source->day);
    if (by_card < 0 && by_city < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    if (by_card >= 0 && by_city >= 0 && rules->participant[by_card].party != rules->participant[by_city].party) {
        *reasons |= CLR_REASON_MASK(ISSUER_MISMATCH);
        return -1;
    }
    return by_card >= 0 ? by_card : by_city;
}

static int acquirer_of(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
{
    int found = -1;
    if (source->unit.size == 0 && source->city_trade.size == 0) {
        *reasons |= CLR_REASON_MASK(NO_UNIT);
        return -1;
    }
    if (source->unit.size > 0)
        found = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, source->unit_field, source->unit, source->day);
    if (found < 0 && source->city_trade.size > 0)
        found = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, "city", source->city_trade, source->day);
    if (found < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    return found;
}

void clr_parties_resolve(const struct clr_rules *rules, const struct clr_party_source *source, struct clr_party_result *out)
{
    out->reasons = 0;
    out->issuer = issuer_of(rules, source, &out->reasons);
    out->acquirer = acquirer_of(rules, source, &out->reasons);
}

/** Text of what could not be resolved (store/parties.h). The separator cannot stand in a value. */
static clr_party intern_unknown(struct clr_checker *checker, const struct clr_codec *codec, const char *field, struct clr_bytes value, const char *field2,
                                struct clr_bytes value2)
{
    char text[512];
    const int size = snprintf(text, sizeof text, "%s|%s=%.*s|%s=%.*s", codec->name, field, (int)(value.size > 160 ? 160 : value.size), (const char *)value.data,
                              field2, (int)(value2.size > 160 ? 160 : value2.size), (const char *)value2.data);
    const clr_party party = clr_parties_intern(&checker->unknown, clr_bytes_of(text, size > 0 ? (size_t)size : 0));
    if (party == CLR_PARTY_NONE) checker->status = CLR_FULL;
    return party;
}

/* ---- what was found before ---- */

/** Equal bytes; short slices are compared by two loads that overlap. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t x, y;
    size_t at = 0;
    if (size >= 8) {
        for (; at + 8 <= size; at += 8) {
            memcpy(&x, a + at, 8);
            memcpy(&y, b + at, 8);
            if (x != y) return false;
        }
        memcpy(&x, a + size - 8, 8);
        memcpy(&y, b + size - 8, 8);
        return x == y;
    }
    for (; at < size; at++)
        if (a[at] != b[at]) return false;
    return true;
}

/** First and last bytes of a slice: enough to spread, the bytes themselves are compared. */
static inline uint64_t ends_of(struct clr_bytes text)
{
    uint64_t first = 0, last = 0;
    if (text.size >= 8) {
        memcpy(&first, text.data, 8);
        memcpy(&last, text.data + text.size - 8, 8);
    } else if (text.size >= 4) {
        uint32_t low, high;
        memcpy(&low, text.data, 4);
        memcpy(&high, text.data + text.size - 4, 4);
        first = (uint64_t)low << 32 | high;
    } else {
        for (size_t i = 0; i < text.size; i++) first = first << 8 | text.data[i];
    }
    return first * UINT64_C(0x9e3779b97f4a7c15) ^ last * UINT64_C(0xe7037ed1a0b428db);
}

/** Memo of the question; emptied and given the question's bytes when it held another. NULL when the question is too long to remember. */
static inline struct clr_party_memo *memo_of(struct clr_party_memo *memos, const struct clr_party_source *source, struct clr_bytes a, struct clr_bytes b, size_t number_size)
{
    if (a.size + b.size > sizeof memos->value || number_size > UINT8_MAX) return NULL;
    const uint32_t shape = (uint32_t)(source->format | a.size << 8 | b.size << 16 | number_size << 24);
    const uint64_t hash = (ends_of(a) ^ ends_of(b) << 1 ^ (uint64_t)(uint32_t)source->day << 8 ^ number_size) * UINT64_C(0xd6e8feb86659fd93);
    struct clr_party_memo *const memo = &memos[hash >> (64 - CLR_MEMO_BITS)];
    if (memo->day == source->day && memo->shape == shape && same_bytes(memo->value, a.data, a.size) && same_bytes(memo->value + a.size, b.data, b.size)) return memo;
    *memo = (struct clr_party_memo){ .day = source->day, .shape = shape };
    if (a.size > 0) memcpy(memo->value, a.data, a.size);
    if (b.size > 0) memcpy(memo->value + a.size, b.data, b.size);
    return memo;
}

static clr_party party_at(const struct clr_rules *rules, int index) { return index >= 0 ? rules->participant[index].party : CLR_PARTY_NONE; }

/* Unknown codes are not remembered: they must add their reason each time, and their local numbers end with the batch. */

void clr_checker_acquirer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source, struct clr_txn *txn)
{
    struct clr_party_memo *const memo = memo_of(checker->acquirers, source, source->unit, source->city_trade, 0);
    if (memo != NULL && memo->party != CLR_PARTY_NONE) {
        txn->acquirer = memo->party;
        return;
    }
    const int index = acquirer_of(checker->rules, source, &txn->reasons);
    txn->acquirer = index >= 0 ? party_at(checker->rules, index) : intern_unknown(checker, codec, codec->unit_field, source->unit, "city", source->city_trade);
    if (memo != NULL && index >= 0) memo->party = txn->acquirer;
}

/** The issuer depends on no more of the number than the longest prefix of cards.csv, and on its length. */
void clr_checker_issuer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source, struct clr_txn *txn)
{
    struct clr_bytes prefix = source->card;
    if (prefix.size > checker->prefix_size) prefix.size = checker->prefix_size;
    struct clr_party_memo *const memo = memo_of(checker->issuers, source, prefix, source->city_card, source->card.size);
    if (memo != NULL && memo->party != CLR_PARTY_NONE) {
        txn->issuer = memo->party;
        return;
    }
    uint64_t reasons = 0;
    const int index = issuer_of(checker->rules, source, &reasons);
    txn->reasons |= reasons;
    txn->issuer = index >= 0 ? party_at(checker->rules, index) : intern_unknown(checker, codec, "city", source->city_card, "", clr_bytes_of("", 0));
    if (memo != NULL && index >= 0 && reasons == 0) memo->party = txn->issuer;
}
