/* Issuer and acquirer of a record; what was found is remembered (check.h). */
#include <stdio.h>

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

/* ---- what was not found before (party_memo.h) ---- */

static clr_party party_at(const struct clr_rules *rules, int index) { return index >= 0 ? rules->participant[index].party : CLR_PARTY_NONE; }

/* Unknown codes are not remembered: they must add their reason each time, and their local numbers end with the batch. */

struct clr_party_found clr_checker_acquirer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source,
                                            const struct clr_party_question *question)
{
    struct clr_party_found found = { CLR_PARTY_NONE, 0 };
    const int index = acquirer_of(checker->rules, source, &found.reasons);
    if (index < 0) {
        found.party = intern_unknown(checker, codec, codec->unit_field, source->unit, "city", source->city_trade);
        return found;
    }
    found.party = party_at(checker->rules, index);
    if (question != NULL) clr_memo_remember(checker->acquirers, question, found.party);
    return found;
}

struct clr_party_found clr_checker_issuer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source,
                                          const struct clr_party_question *question)
{
    struct clr_party_found found = { CLR_PARTY_NONE, 0 };
    const int index = issuer_of(checker->rules, source, &found.reasons);
    if (index < 0) {
        found.party = intern_unknown(checker, codec, "city", source->city_card, "", clr_bytes_of("", 0));
        return found;
    }
    found.party = party_at(checker->rules, index);
    if (question != NULL && found.reasons == 0) clr_memo_remember(checker->issuers, question, found.party);
    return found;
}
