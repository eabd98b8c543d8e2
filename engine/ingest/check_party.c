/* Issuer and acquirer of a record; what was found is remembered (check.h). */
#include <stdio.h>

#include "ingest/check.h"

static const char *issuer_field(const struct clr_party_source *source) { return source->issuer_field != NULL ? source->issuer_field : "city"; }

int clr_party_issuer(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
{
    int by_card = -1, by_city = -1;
    if (source->card.size > 0 && clr_rules_has_cards(rules, source->product, source->format))
        by_card = clr_rules_card_issuer(rules, source->product, source->format, source->card, source->day);
    if (source->city_card.size > 0)
        by_city = clr_rules_alias(rules, CLR_ROLE_ISSUER, source->product, source->format, issuer_field(source), source->city_card, source->day);
    if (by_card < 0 && by_city < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    if (by_card >= 0 && by_city >= 0 && rules->participant[by_card].party != rules->participant[by_city].party) {
        *reasons |= CLR_REASON_MASK(ISSUER_MISMATCH);
        return -1;
    }
    return by_card >= 0 ? by_card : by_city;
}

int clr_party_acquirer(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
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
    out->issuer = clr_party_issuer(rules, source, &out->reasons);
    out->acquirer = clr_party_acquirer(rules, source, &out->reasons);
}

struct clr_party_source clr_party_source_of(const struct clr_codec *codec, const struct clr_raw *raw, clr_day day)
{
    return (struct clr_party_source){ codec->product, codec->format, codec->unit_field, clr_bytes_trim(raw->card), clr_bytes_trim(raw->unit),
                                      clr_bytes_trim(raw->city_card), clr_bytes_trim(raw->city_trade), day, codec->issuer_field };
}

/* ---- texts of what could not be resolved (store/parties.h) ---- */

/** The separator cannot stand in a value. */
static const char *unknown_text(enum clr_format format, const char *field, struct clr_bytes value, const char *field2, struct clr_bytes value2,
                                char text[CLR_UNKNOWN_TEXT_SIZE])
{
    snprintf(text, CLR_UNKNOWN_TEXT_SIZE, "%s|%s=%.*s|%s=%.*s", clr_format_term((unsigned)format).name, field, (int)(value.size > 160 ? 160 : value.size),
             (const char *)value.data, field2, (int)(value2.size > 160 ? 160 : value2.size), (const char *)value2.data);
    return text;
}

const char *clr_unknown_issuer_text(const struct clr_party_source *source, char text[CLR_UNKNOWN_TEXT_SIZE])
{
    return unknown_text(source->format, issuer_field(source), source->city_card, "", clr_bytes_of("", 0), text);
}

const char *clr_unknown_acquirer_text(const struct clr_party_source *source, char text[CLR_UNKNOWN_TEXT_SIZE])
{
    return unknown_text(source->format, source->unit_field, source->unit, "city", source->city_trade, text);
}

static clr_party intern_unknown(struct clr_checker *checker, const char *text)
{
    const clr_party party = clr_parties_intern(&checker->unknown, clr_bytes_text(text));
    if (party == CLR_PARTY_NONE) checker->status = CLR_FULL;
    return party;
}

/* ---- what was not found before (party_memo.h) ---- */

static clr_party party_at(const struct clr_rules *rules, int index) { return index >= 0 ? rules->participant[index].party : CLR_PARTY_NONE; }

/* Unknown codes are not remembered: they must add their reason each time, and their local numbers end with the batch. */

struct clr_party_found clr_checker_acquirer(struct clr_checker *checker, const struct clr_party_source *source,
                                            const struct clr_party_question *question)
{
    struct clr_party_found found = { CLR_PARTY_NONE, 0 };
    const int index = clr_party_acquirer(checker->rules, source, &found.reasons);
    if (index < 0) {
        char text[CLR_UNKNOWN_TEXT_SIZE];
        found.party = intern_unknown(checker, clr_unknown_acquirer_text(source, text));
        return found;
    }
    found.party = party_at(checker->rules, index);
    if (question != NULL) clr_memo_remember(checker->acquirers, question, found.party);
    return found;
}

struct clr_party_found clr_checker_issuer(struct clr_checker *checker, const struct clr_party_source *source,
                                          const struct clr_party_question *question)
{
    struct clr_party_found found = { CLR_PARTY_NONE, 0 };
    const int index = clr_party_issuer(checker->rules, source, &found.reasons);
    if (index < 0) {
        char text[CLR_UNKNOWN_TEXT_SIZE];
        found.party = intern_unknown(checker, clr_unknown_issuer_text(source, text));
        return found;
    }
    found.party = party_at(checker->rules, index);
    if (question != NULL && found.reasons == 0) clr_memo_remember(checker->issuers, question, found.party);
    return found;
}
