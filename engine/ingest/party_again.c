#include "ingest/party_again.h"

#include <stdlib.h>

/** The number as the format writes it: the token keeps no leading zeros, and the xf formats fill theirs up to 20 digits. */
struct clr_bytes clr_party_again_number(const struct clr_party_again *again, enum clr_format format, const struct clr_token *card, char text[CLR_NUMBER_TEXT_SIZE])
{
    static const struct clr_token none = { { 0 } };
    char number[CLR_CARD_TEXT_SIZE];
    if (clr_token_equal(card, &none)) return clr_bytes_of("", 0);
    clr_token_number(again->tokenizer, card, number);
    if (number[0] == '?') return clr_bytes_of("", 0);
    size_t zeros = 0;
    if (format == CLR_FORMAT_XF158 || format == CLR_FORMAT_XF160) zeros = strlen(number) < 20 ? 20 - strlen(number) : 0;
    memset(text, '0', zeros);
    memcpy(text + zeros, number, strlen(number) + 1);
    return clr_bytes_text(text);
}

/** Name of the first field of an unknown code's text: "unit". */
static void first_field(const char *text, char name[24])
{
    const char *const start = strchr(text, '|'), *const end = start != NULL ? strchr(start, '=') : NULL;
    const size_t size = end != NULL ? (size_t)(end - start - 1) : 0;
    name[0] = '\0';
    if (size == 0 || size >= 24) return;
    memcpy(name, start + 1, size);
    name[size] = '\0';
}

int clr_party_again_issuer(const struct clr_party_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons)
{
    const char *const text = clr_party_text(again->parties, txn->issuer);
    char number[CLR_NUMBER_TEXT_SIZE], issuer_field[24];
    struct clr_party_result found;
    first_field(text, issuer_field);
    const struct clr_party_source source = {
        .product = (enum clr_product)txn->product, .format = format, .unit_field = "", .day = txn->trade_day,
        .card = clr_party_again_number(again, format, &txn->card, number), .city_card = clr_party_field(text, issuer_field),
        .unit = clr_bytes_of("", 0), .city_trade = clr_bytes_of("", 0), .issuer_field = issuer_field,
    };
    clr_parties_resolve(again->rules, &source, &found);
    explicit_bzero(number, sizeof number);
    /* No unit was asked about: its reason is not this record's. */
    *reasons |= found.reasons & ~CLR_REASON_MASK(NO_UNIT);
    return found.issuer;
}

int clr_party_again_acquirer(const struct clr_party_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons)
{
    const char *const text = clr_party_text(again->parties, txn->acquirer);
    char unit_field[24];
    struct clr_party_result found;
    first_field(text, unit_field);
    const struct clr_party_source source = {
        .product = (enum clr_product)txn->product, .format = format, .unit_field = unit_field, .day = txn->trade_day,
        .card = clr_bytes_of("", 0), .city_card = clr_bytes_of("", 0),
        .unit = clr_party_field(text, unit_field), .city_trade = clr_party_field(text, "city"),
    };
    clr_parties_resolve(again->rules, &source, &found);
    if (found.acquirer < 0) *reasons |= source.unit.size + source.city_trade.size == 0 ? CLR_REASON_MASK(NO_UNIT) : CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    return found.acquirer;
}

void clr_party_again_fill(const struct clr_party_again *again, enum clr_format format, struct clr_txn *txn)
{
    uint64_t reasons = 0;
    if (clr_format_is_evidence(format)) return;
    if (!clr_party_is_known(txn->issuer)) {
        const int issuer = clr_party_again_issuer(again, format, txn, &reasons);
        if (issuer >= 0) txn->issuer = again->rules->participant[issuer].party;
    }
    if (!clr_party_is_known(txn->acquirer)) {
        const int acquirer = clr_party_again_acquirer(again, format, txn, &reasons);
        if (acquirer >= 0) txn->acquirer = again->rules->participant[acquirer].party;
    }
}
