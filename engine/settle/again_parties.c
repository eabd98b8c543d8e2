/* Who issued and who acquired, asked again: from the texts that unknown codes were kept as, and the number behind the card's token. */
#include <stdlib.h>

#include "ingest/check.h"
#include "settle/again.h"

/* ---- moves ---- */

static bool role_fits(enum clr_role role, const struct clr_participant *participant, enum clr_product product)
{
    if (participant->product >= 0 && participant->product != (int)product) return false;
    if (role == CLR_ROLE_ISSUER) return participant->role == CLR_ROLE_ISSUER || participant->role == CLR_ROLE_AGENCY;
    return participant->role == CLR_ROLE_ACQUIRER || participant->role == CLR_ROLE_OWNER || participant->role == CLR_ROLE_AGENCY;
}

int clr_move_party(const struct clr_rules *rules, enum clr_role role, enum clr_product product, const char *code, clr_day day)
{
    static const char *const acquirer_fields[] = { "unit", "merchant", "company" };
    const struct clr_bytes text = clr_bytes_trim(clr_bytes_text(code));
    if (text.size == 0) return -1;
    int found = clr_rules_participant(rules, text, day);
    if (found >= 0) return role_fits(role, &rules->participant[found], product) ? found : -1;
    if (role == CLR_ROLE_ISSUER) return clr_rules_alias(rules, role, product, CLR_FORMAT_MOVES, "issuer", text, day);
    for (size_t i = 0; i < sizeof acquirer_fields / sizeof *acquirer_fields && found < 0; i++)
        found = clr_rules_alias(rules, role, product, CLR_FORMAT_MOVES, acquirer_fields[i], text, day);
    return found;
}

static uint64_t move_issuer(const struct clr_rules *rules, const struct clr_move *move, struct clr_bytes card, int *issuer)
{
    const enum clr_product product = (enum clr_product)move->txn.product;
    const clr_day day = move->txn.trade_day;
    const bool given = clr_bytes_trim(clr_bytes_text(move->issuer_code)).size > 0;
    const int by_card = card.size > 0 ? clr_rules_card_issuer(rules, product, CLR_FORMAT_MOVES, card, day) : -1;
    const int by_code = clr_move_party(rules, CLR_ROLE_ISSUER, product, move->issuer_code, day);

    *issuer = given ? by_code : by_card;
    if (*issuer < 0) return CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    if (by_card < 0 || rules->participant[by_card].party == rules->participant[*issuer].party) return 0;
    *issuer = -1;
    return CLR_REASON_MASK(ISSUER_MISMATCH);
}

uint64_t clr_move_parties(const struct clr_rules *rules, const struct clr_move *move, struct clr_bytes card, int *issuer, int *acquirer)
{
    uint64_t reasons = move_issuer(rules, move, card, issuer);
    *acquirer = clr_move_party(rules, CLR_ROLE_ACQUIRER, (enum clr_product)move->txn.product, move->acquirer_code, move->txn.trade_day);
    if (*acquirer >= 0) return reasons;
    return reasons | (clr_bytes_trim(clr_bytes_text(move->acquirer_code)).size == 0 ? CLR_REASON_MASK(NO_UNIT) : CLR_REASON_MASK(UNKNOWN_PARTICIPANT));
}

/* ---- rows ---- */

/** The number as the format writes it: the token keeps no leading zeros, and the xf formats fill theirs up to 20 digits. */
static struct clr_bytes number_of(const struct clr_again *again, enum clr_format format, const struct clr_token *card, char text[CLR_CARD_TEXT_SIZE + 20])
{
    static const struct clr_token none = { { 0 } };
    char number[CLR_CARD_TEXT_SIZE];
    if (clr_token_equal(card, &none)) return clr_bytes_of("", 0);
    clr_token_number(again->store->tokenizer, card, number);
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

static int issuer_again(const struct clr_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons)
{
    char number[CLR_CARD_TEXT_SIZE + 20];
    struct clr_party_result found;
    if (clr_party_is_known(txn->issuer)) {
        const int index = clr_again_participant(again, txn->issuer);
        if (index < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
        return index;
    }
    const struct clr_party_source source = {
        .product = (enum clr_product)txn->product, .format = format, .unit_field = "", .day = txn->trade_day,
        .card = number_of(again, format, &txn->card, number), .city_card = clr_party_field(clr_party_text(&again->store->parties, txn->issuer), "city"),
        .unit = clr_bytes_of("", 0), .city_trade = clr_bytes_of("", 0),
    };
    clr_parties_resolve(again->rules, &source, &found);
    explicit_bzero(number, sizeof number);
    /* No unit was asked about: its reason is not this record's. */
    *reasons |= found.reasons & ~CLR_REASON_MASK(NO_UNIT);
    return found.issuer;
}

static int acquirer_again(const struct clr_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons)
{
    const char *const text = clr_party_text(&again->store->parties, txn->acquirer);
    char unit_field[24];
    struct clr_party_result found;
    if (clr_party_is_known(txn->acquirer)) {
        const int index = clr_again_participant(again, txn->acquirer);
        if (index < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
        return index;
    }
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

static uint64_t purse_reason(const struct clr_again *again, const struct clr_subject *subject)
{
    const struct clr_participant *const participant = again->rules->participant;
    if (!(subject->txn.flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) || subject->issuer < 0 || subject->acquirer < 0) return 0;
    return strcmp(participant[subject->issuer].region, participant[subject->acquirer].region) != 0 ? CLR_REASON_MASK(WRONG_PURSE) : 0;
}

uint64_t clr_again_parties(const struct clr_again *again, struct clr_subject *subject)
{
    uint64_t reasons = 0;
    if (subject->is_move) {
        char number[CLR_CARD_TEXT_SIZE + 20];
        const struct clr_bytes card = number_of(again, CLR_FORMAT_MOVES, &subject->txn.card, number);
        reasons = clr_move_parties(again->rules, &subject->move, card, &subject->issuer, &subject->acquirer);
        explicit_bzero(number, sizeof number);
        return reasons;
    }
    subject->issuer = issuer_again(again, subject->format, &subject->txn, &reasons);
    subject->acquirer = acquirer_again(again, subject->format, &subject->txn, &reasons);
    return reasons | purse_reason(again, subject);
}

void clr_again_row_parties(const struct clr_again *again, enum clr_format format, struct clr_txn *txn)
{
    uint64_t reasons = 0;
    if (!clr_party_is_known(txn->issuer)) {
        const int issuer = issuer_again(again, format, txn, &reasons);
        if (issuer >= 0) txn->issuer = again->rules->participant[issuer].party;
    }
    if (!clr_party_is_known(txn->acquirer)) {
        const int acquirer = acquirer_again(again, format, txn, &reasons);
        if (acquirer >= 0) txn->acquirer = again->rules->participant[acquirer].party;
    }
}
