/* why_parties.c: who issued the card and who accepted it, and by which prefix, alias or city they were found. See explain.h. */
#include <stdio.h>

#include "query/explain.h"

#define PART_SIZE 192

static const char *code_of(const struct clr_rules *rules, int index)
{
    return index >= 0 ? rules->participant[index].code : "?";
}

/** The row alone: what was found, or the codes that were not. */
static enum clr_status say_stored(struct clr_account *account, const char *rule, clr_party party, bool passed)
{
    char text[CLR_SHOWN_CODE_SIZE];
    if (clr_party_is_known(party))
        return clr_why_say(account, rule, passed, "%s (rules version %u)", "%s（规则版本 %u）",
                           clr_store_party_name(account->store, party).code, account->rules->version);
    clr_show_text(clr_bytes_text(clr_party_text(&account->store->parties, party)), text, sizeof text);
    return clr_why_say(account, rule, passed, "not in rules version %u: %.160s", "规则版本 %u 中没有：%.160s", account->rules->version,
                       text);
}

static enum clr_status say_issuer(struct clr_account *account, const struct clr_party_source *source)
{
    const struct clr_rules *const rules = account->rules;
    const int size = clr_rules_card_prefix(rules, source->product, source->format, source->card, source->day);
    const int by_card = clr_rules_card_issuer(rules, source->product, source->format, source->card, source->day);
    const int by_city = clr_rules_alias(rules, CLR_ROLE_ISSUER, source->product, source->format, source->issuer_field != NULL ? source->issuer_field : "city", source->city_card, source->day);
    /* No more of the number than its mask leaves in front. */
    const int shown_max = account->unmask ? size : source->card.size > 12 ? 6 : source->card.size > 4 ? 2 : 0;
    char card[PART_SIZE], city[PART_SIZE], prefix[CLR_CARD_TEXT_SIZE], value[40];

    clr_show_text(clr_bytes_of(source->card.data, size < 0 ? 0 : (size_t)(size > shown_max ? shown_max : size)), prefix, sizeof prefix);
    clr_show_text(source->city_card, value, sizeof value);
    if (size >= 0)
        snprintf(card, sizeof card, "\"%s%s\" → %.40s", prefix, size > shown_max ? "…" : "", code_of(rules, by_card));
    else
        snprintf(card, sizeof card, "-");
    if (source->city_card.size > 0)
        snprintf(city, sizeof city, "\"%s\" → %.40s", value, code_of(rules, by_city));
    else
        snprintf(city, sizeof city, "-");
    if (by_card >= 0 && by_city >= 0 && rules->participant[by_card].party != rules->participant[by_city].party)
        return clr_why_say(account, "issuer-mismatch", false, "two issuers: card prefix %s, city of card %s (rules version %u)",
                           "发卡方不一致：卡号前缀 %s，卡属城市 %s（规则版本 %u）", card, city, rules->version);
    return clr_why_say(account, "issuer", by_card >= 0 || by_city >= 0, "card prefix %s; city of card %s (rules version %u)",
                       "卡号前缀 %s；卡属城市 %s（规则版本 %u）", card, city, rules->version);
}

static enum clr_status say_acquirer(struct clr_account *account, const struct clr_party_source *source)
{
    const struct clr_rules *const rules = account->rules;
    int by_unit = -1, by_city = -1;
    char unit[PART_SIZE], city[PART_SIZE], value[64], name[32];

    if (source->unit.size == 0 && source->city_trade.size == 0)
        return clr_why_say(account, "no-unit", false, "neither an operating unit nor a city of transaction", "既无结算单元，也无交易城市");
    if (source->unit.size > 0)
        by_unit = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, source->unit_field, source->unit, source->day);
    if (by_unit < 0)
        by_city = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, "city", source->city_trade, source->day);
    snprintf(name, sizeof name, "%s", clr_format_term(source->format).name);
    clr_show_text(source->unit, value, sizeof value);
    snprintf(unit, sizeof unit, "%s.%s:%s → %.40s", name, source->unit_field, value, code_of(rules, by_unit));
    clr_show_text(source->city_trade, value, sizeof value);
    snprintf(city, sizeof city, "%s.city:%.40s → %.40s", name, value, code_of(rules, by_city));
    const bool passed = by_unit >= 0 || by_city >= 0;
    if (by_unit >= 0) return clr_why_say(account, "acquirer", passed, "%s (rules version %u)", "%s（规则版本 %u）", unit, rules->version);
    return clr_why_say(account, "acquirer", passed, "%s; %s (rules version %u)", "%s；%s（规则版本 %u）",
                       source->unit.size > 0 ? unit : "-", source->city_trade.size > 0 ? city : "-", rules->version);
}

/** A format that stands alone may ask for no issuer or no acquirer. */
static enum clr_status say_asked(struct clr_account *account, const struct clr_party_source *source)
{
    if (account->txn.flags & CLR_FLAG_AT_STATION)
        CLR_TRY(clr_why_say(account, "issuer", true, "none: paid at the station", "无：在收费站支付"));
    else
        CLR_TRY(say_issuer(account, source));
    if (source->unit_field[0] != '\0') return say_acquirer(account, source);
    return clr_why_say(account, "acquirer", true, "none of its own: the record is split over the units it names", "无单一收单方：按记录所列单元拆分");
}

enum clr_status clr_why_parties(struct clr_account *account)
{
    if (clr_format_is_evidence(account->file.format))
        return clr_why_say(account, "evidence", true, "a passage: the exit pays, so no party is asked for", "门架通行记录仅作依据：由出口记录付费，不确定收付方");
    if (account->has_source) {
        const struct clr_codec *const codec = account->fields.origin.job.codec;
        const struct clr_party_source source = clr_party_source_of(codec, account->source.raw, account->txn.trade_day);
        if (clr_format_is_alone(account->file.format)) return say_asked(account, &source);
        CLR_TRY(say_issuer(account, &source));
        return say_acquirer(account, &source);
    }
    const bool mismatch = clr_account_has(account, CLR_REASON_MASK(ISSUER_MISMATCH));
    CLR_TRY(say_stored(account, mismatch ? "issuer-mismatch" : "issuer", account->txn.issuer, clr_party_is_known(account->txn.issuer)));
    return say_stored(account, clr_account_has(account, CLR_REASON_MASK(NO_UNIT)) ? "no-unit" : "acquirer", account->txn.acquirer,
                      clr_party_is_known(account->txn.acquirer));
}
